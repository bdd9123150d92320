#pragma once

// The people of an invented village: names, birth dates, NIKs. Nobody here exists.

#include <cstdint>
#include <string>

#include "tests/support/seeded.hh"

namespace titip {

struct Villager {
  enum class Group : std::uint8_t { child, mother, adult, elderly };
  Group group = Group::adult;
  bool female = false;
  std::int32_t birth_date = 0;  // days since 1970
  std::string ref;              // of the event that registered it
  std::string name;
  std::string nik;               // empty: has none
  int size = 0;                  // how big for its age, in thousandths of a standard deviation
  int height_millimetres = 0;    // of the grown
  int weight_grams = 0;          // of the grown, drifting from visit to visit
  int systolic = 0;              // its own usual pressure
  std::int32_t last_period = 0;  // of the pregnant; 0: not pregnant
  std::string pregnancy_ref;     // of the event that registered the pregnancy
  std::uint32_t doses = 0;       // immunisations had so far
};

Villager make_child(Seeded& random, std::int32_t today);
Villager make_mother(Seeded& random, std::int32_t today);
Villager make_adult(Seeded& random, std::int32_t today);
Villager make_elderly(Seeded& random, std::int32_t today);

std::string village_name(Seeded& random, bool female);
std::string village_nik(Seeded& random, bool female, std::int32_t birth_date);
std::string village_address(Seeded& random);

// What a scale and a tape would show of a child, before a person rounds it.
struct ChildBody {
  int weight_grams = 0;
  int length_millimetres = 0;
  int muac_millimetres = 0;
  int head_millimetres = 0;
};
ChildBody child_body(Seeded& random, const Villager& child, std::int32_t today);

// `value` as people write it down: often to the nearest ten, sometimes five steps.
int as_written(Seeded& random, int value, int step);

}  // namespace titip
