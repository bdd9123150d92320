#pragma once

#include <string>
#include <string_view>

#include "core/print_json.hh"
#include "core/record_state.hh"
#include "core/registry.hh"
#include "core/review_list.hh"

namespace titip {

std::string_view confidence_word(Confidence confidence);
// The keys that say when and where a write was made, and which event it is: not by whom.
void print_making(JsonWriter& out, const Write& write);
std::string_view policy_word(MergePolicy policy);

// {"type","id","since","underReview","fields":[{"field","policy","underReview","values":[{"n","value",
//  "by","facility","node","at","correctedAt","confidence","event","shown"}]}],"version"}. The field
// "alive" says true of who uses the record and false of who retracted it; of a record that was made
// several times each creation is a number of its own.
std::string conflict_line(const ListedRecord& listed, const RecordState& state,
                          const RecordType& type);

}  // namespace titip
