#pragma once

// Which of a record's idle writes go when there are more than limits::idle_writes_max.

#include <cstddef>
#include <vector>

#include "core/record_state.hh"

namespace titip {

// Of `idle`, indexes into `writes` in order of event id: the oldest by corrected time. A `resolve`
// goes no sooner than what it names: what only a name has removed would stand again. One that names
// a life and no field goes together with that: without it, it would say something else. What must
// stay for another's sake does, so more may be left.
std::vector<std::size_t> surplus_of(const std::vector<Write>& writes,
                                    std::vector<std::size_t> idle);

}  // namespace titip
