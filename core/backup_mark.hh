#pragma once

// How far a verified backup of this hub, kept on another machine, holds its journal.

#include <optional>

#include "core/kv.hh"
#include "core/types.hh"

namespace titip {

struct BackupMark {
  Position position;  // of the last entry in it
  TimeMs at = 0;      // hub time when it was verified
};

void note_backup(WriteTxn& txn, const BackupMark& mark);
// nullopt: there is none, or it is of a history that this hub has lost.
std::optional<BackupMark> backup_mark(const ReadTxn& txn);

}  // namespace titip
