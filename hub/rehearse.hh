#pragma once

// `rehearse`: which records would show something else if fields merged by other policies. Reads
// only, in short snapshots, also beside a daemon.

#include <string>
#include <vector>

#include "core/refusal.hh"
#include "core/rehearsal.hh"
#include "io/command_context.hh"

namespace titip {

struct RehearseRequest {
  std::vector<std::string> policies;  // each "TYPE.field=POLICY"
  std::string since;                  // "2024-10-15"; empty: every record
};
int hub_rehearse(const CommandContext& command, const RehearseRequest& request);

// One block: the record's type and id, and of each field that would differ its values, which is
// shown now and which then, and who wrote it. Nothing that identifies a person.
std::string rehearsed_text(const RehearsedRecord& record, const Rehearsal& rehearsal,
                           Language language);
std::string rehearsal_summary_text(const RehearsalCounts& counts, Language language);

}  // namespace titip
