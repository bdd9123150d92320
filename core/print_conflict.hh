#pragma once

#include <string>
#include <string_view>

#include "core/alike.hh"
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
// Of the field "same" it says which pair, as "one" and "other", and "through" which others it is
// joined although somebody said that it is two. A value is true of a link and false of an unlink,
// and has its own "one" and "other" where it is of a step of that way. Empty: another record is
// asked instead.
std::string conflict_line(const ListedRecord& listed, const United& whole, const RecordType& type);

// {"type","id","since","underReview":true,"alike":{"other","by":[[fields]]},"fields":[],"version"}
std::string alike_line(const AlikePair& pair, const Position& as_of, const RecordType& type);

}  // namespace titip
