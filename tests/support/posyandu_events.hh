#pragma once

// Posyandu days as the canonical events that an agent would make of them.

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/event.hh"
#include "tests/support/posyandu_day.hh"

namespace titip {

enum class Saving : std::uint8_t {
  at_once,    // a file of lines put at the end, many to a commit
  as_it_goes  // one by one as they are typed, some seconds after `at`
};

struct MadeEvent {
  std::string line;   // as typed
  std::string bytes;  // canonical
  std::string type;
  Lane lane = Lane::routine;
};

class PosyanduEvents {
 public:
  PosyanduEvents(std::uint64_t seed, std::string facility, Saving saving, DayOptions options = {});

  MadeEvent next();

 private:
  ClockReading clock_at(TimeMs at);

  PosyanduDay day_;
  Seeded random_;
  Saving saving_;
  RecordId next_id_ = 0;
  std::array<Seq, 2> seqs_{};  // by lane
  std::uint64_t made_ = 0;
  TimeMs booted_ = 0;
  std::uint32_t boot_ = 0;
  std::unordered_map<std::string, RecordId> records_;  // by ref
};

// The next `count` events of one lane, as they travel.
std::vector<MadeEvent> next_of_lane(PosyanduEvents& events, Lane lane, std::size_t count);

}  // namespace titip
