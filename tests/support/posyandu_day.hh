#pragma once

// Days at one health post, as its kaders would type them: NDJSON in the input shape of events.
// The same seed gives the same lines on every machine. It is the workload of the benchmarks.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/posyandu_people.hh"
#include "tests/support/seeded.hh"

namespace titip {

struct DayOptions {
  int bad_permille = 0;             // lines that intake must refuse
  std::int32_t start_date = 20011;  // days since 1970: 2024-10-15
  int zone_minutes = 540;           // of the village, east of UTC
  std::size_t people_first = 80;    // registered before the first open day
  std::size_t people_max = 600;     // newcomers are registered up to this many
};

// One event as JSON. Everything put into it is plain ASCII without quotes or backslashes.
class DayLine {
 public:
  DayLine(std::string_view type, std::string_view ref, std::string_view by, std::string_view at);
  DayLine& text(std::string_view field, std::string_view value);
  DayLine& number(std::string_view field, int value);
  DayLine& flag(std::string_view field, bool value);
  DayLine& date(std::string_view field, std::int32_t days);
  DayLine& record(std::string_view field, std::string_view ref);
  std::string finish() &&;

 private:
  DayLine& raw(std::string_view field, std::string_view value);
  std::string json_;
  bool first_ = true;
};

// No expression here draws twice from a Seeded: compilers may differ in which operand comes first.

class PosyanduDay {
 public:
  PosyanduDay(std::uint64_t seed, std::string facility, DayOptions options = {});

  // The next event, without line end; there is always another. A person's line stands before every
  // line that refers to it, and `at` never goes back.
  std::string next_line();

 private:
  void step();
  void begin_day();
  void end_day();
  void register_household();
  void register_person(Villager villager, const Villager* mother);
  void visit(Villager& villager);

  // posyandu_visits.cc
  void measure_child(Villager& child);
  void immunize(Villager& child);
  void supplement(const Villager& villager);
  void antenatal(Villager& mother);
  void register_pregnancy(Villager& mother);
  void screen_adult(Villager& adult);
  void screen_elderly(Villager& elderly);
  void screen_tb(const Villager& villager);
  void refer(const Villager& villager, std::string_view reason, std::string_view complaint);
  void home_visit(const Villager& villager);
  void move_stock(bool at_opening);
  std::string spoilt_line();

  DayLine begin(std::string_view type, std::string_view by);
  void put(DayLine&& line);
  std::string mint_ref();
  std::string now_text() const;
  void pass_time(int seconds_min, int seconds_max);
  std::string_view kader();  // who holds the device; it changes hands now and then

  Seeded random_;
  std::string facility_;
  std::string health_centre_;
  std::string area_;
  DayOptions options_;
  std::string device_;      // first half of every ref
  int counter_ = 0;         // second half; drafts thrown away leave gaps
  std::int32_t today_ = 0;  // days since 1970
  int second_of_day_ = 0;   // local
  std::size_t kader_ = 0;
  std::vector<Villager> people_;
  std::vector<std::size_t> queue_;  // who is still to be seen today, last first
  std::deque<std::string> ready_;
  std::string last_ref_;  // of the line begun last
};

}  // namespace titip
