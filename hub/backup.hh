#pragma once

// `titip-hub backup` and `restore`, and the backup mark.

#include <string>

#include "core/backup_mark.hh"
#include "core/refusal.hh"
#include "io/command_context.hh"

namespace titip {

int hub_backup(const CommandContext& command, const std::string& file, bool off_machine);
int hub_restore(const CommandContext& command, const std::string& file, const std::string& keys);

// Notes that a verified backup off this machine reaches to `position`; the mark that holds then: a
// mark never falls. Refused: bad_backup for a position that this hub's journal does not have.
Result<BackupMark> note_backup_at(WriteTxn& txn, const Position& position, TimeMs now);

// As POST /local/backup says it: {"offset":N,"at":"…"}.
std::string backup_mark_json(const BackupMark& mark);

}  // namespace titip
