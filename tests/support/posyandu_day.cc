#include "tests/support/posyandu_day.hh"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace titip {

namespace {

constexpr int days_between_open_days = 28;
constexpr int school_age_days = 1826;
constexpr int moved_permille = 25;  // of the grown, from one open day to the next

std::string date_text(std::int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

}  // namespace

DayLine::DayLine(std::string_view type, std::string_view ref, std::string_view by,
                 std::string_view at) {
  for (const auto& [key, value] : {std::pair{R"({"type":")", type},
                                   {R"(","ref":")", ref},
                                   {R"(","by":")", by},
                                   {R"(","at":")", at}}) {
    json_.append(key).append(value);
  }
  json_ += R"(","set":{)";
}

DayLine& DayLine::raw(std::string_view field, std::string_view value) {
  if (!std::exchange(first_, false)) json_ += ',';
  json_.append("\"").append(field).append("\":").append(value);
  return *this;
}

DayLine& DayLine::text(std::string_view field, std::string_view value) {
  return raw(field, std::string("\"").append(value).append("\""));
}

DayLine& DayLine::number(std::string_view field, int value) {
  return raw(field, std::to_string(value));
}

DayLine& DayLine::flag(std::string_view field, bool value) {
  return raw(field, value ? "true" : "false");
}

DayLine& DayLine::date(std::string_view field, std::int32_t days) {
  return text(field, date_text(days));
}

DayLine& DayLine::record(std::string_view field, std::string_view ref) {
  return raw(field, std::string(R"({"ref":")").append(ref).append(R"("})"));
}

std::string DayLine::finish() && {
  json_ += "}}";
  return std::move(json_);
}

PosyanduDay::PosyanduDay(std::uint64_t seed, std::string facility, DayOptions options)
    : random_(seed), facility_(std::move(facility)), options_(options), today_(options.start_date) {
  constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789";
  for (int i = 0; i < 6; ++i) device_ += letters[random_.below(letters.size())];
  counter_ = random_.between(1, 400);
  health_centre_ = std::string("PKM-").append(std::to_string(random_.between(1000, 9999)));
  const int kecamatan = random_.between(1, 18);
  const int village = random_.between(1, 12);
  char area[48];
  std::snprintf(area, sizeof area, "94.04.%02d.2%03d", kecamatan, village);
  area_ = area;
  second_of_day_ = 7 * 3600 + random_.between(600, 3000);
}

std::string PosyanduDay::next_line() {
  if (!people_.empty() && random_.chance(options_.bad_permille)) return spoilt_line();
  while (ready_.empty()) step();
  auto line = std::move(ready_.front());
  ready_.pop_front();
  return line;
}

void PosyanduDay::step() {
  if (people_.size() < options_.people_first) return register_household();
  if (queue_.empty()) {
    if (today_ > options_.start_date) end_day();
    return begin_day();
  }
  if (people_.size() < options_.people_max && random_.chance(25)) {
    const auto known = people_.size();
    register_household();
    for (auto newcomer = known; newcomer < people_.size(); ++newcomer) queue_.push_back(newcomer);
    return;
  }
  const auto next = queue_.back();
  queue_.pop_back();
  visit(people_[next]);
}

void PosyanduDay::begin_day() {
  // The day of registration is not an open day: the first one follows it.
  today_ += today_ == options_.start_date ? 1 : days_between_open_days;
  second_of_day_ = 8 * 3600 + random_.between(0, 1500);
  std::erase_if(people_, [&](const Villager& villager) {
    const bool child = villager.group == Villager::Group::child;
    return child ? today_ - villager.birth_date > school_age_days : random_.chance(moved_permille);
  });
  for (std::size_t i = 0; i < people_.size(); ++i) {
    const bool child = people_[i].group == Villager::Group::child;
    if (random_.chance(child || people_[i].last_period != 0 ? 820 : 480)) queue_.push_back(i);
  }
  for (std::size_t i = queue_.size(); i > 1; --i) {
    std::swap(queue_[i - 1], queue_[random_.below(i)]);
  }
  for (int i = random_.between(1, 3); i > 0; --i) move_stock(true);
}

void PosyanduDay::end_day() {
  for (int i = random_.between(1, 4); i > 0; --i) move_stock(false);
  second_of_day_ = std::max(second_of_day_, 14 * 3600) + random_.between(300, 2400);
  for (int i = random_.between(3, 9); i > 0; --i) {
    home_visit(people_[random_.below(people_.size())]);
  }
}

void PosyanduDay::register_household() {
  register_person(make_mother(random_, today_), nullptr);
  const auto mother = people_.back();
  for (int i = random_.chance(350) ? 2 : 1; i > 0; --i) {
    register_person(make_child(random_, today_), &mother);
  }
  if (random_.chance(450)) register_person(make_adult(random_, today_), nullptr);
  if (random_.chance(350)) register_person(make_elderly(random_, today_), nullptr);
}

void PosyanduDay::register_person(Villager villager, const Villager* mother) {
  pass_time(25, 140);
  if (mother != nullptr && villager.birth_date > today_ - 28) {
    villager.name = "Bayi Ny. " + mother->name;
  }
  auto line = begin("Person", kader());
  line.text("name", villager.name).text("sex", villager.female ? "female" : "male");
  line.date("birthDate", villager.birth_date);
  if (!villager.nik.empty()) line.text("nik", villager.nik);
  if (mother != nullptr) {
    line.record("mother", mother->ref).text("motherName", mother->name);
    if (!mother->nik.empty()) line.text("motherNik", mother->nik);
    line.number("childNumber", random_.between(1, 5));
    line.number("birthWeightGrams", as_written(random_, 3100 + random_.normal() * 420 / 1000, 10));
    line.flag("motherChildBook", random_.chance(800));
  } else {
    if (random_.chance(400)) {
      const auto digits = random_.next() % 9'000'000'000 + 1'000'000'000;
      line.text("phone", std::string("08").append(std::to_string(digits)));
    }
    line.text("address", village_address(random_));
    line.text("rt", std::string("00").append(std::to_string(random_.between(1, 6))));
  }
  line.text("area", area_).text("facility", facility_);
  put(std::move(line));
  villager.ref = last_ref_;
  people_.push_back(std::move(villager));
}

void PosyanduDay::visit(Villager& villager) {
  pass_time(5, 65);
  switch (villager.group) {
    case Villager::Group::child:
      measure_child(villager);
      if (random_.chance(330)) immunize(villager);
      break;
    case Villager::Group::mother:
      if (villager.last_period != 0) {
        antenatal(villager);
        break;
      }
      [[fallthrough]];
    case Villager::Group::adult:
      screen_adult(villager);
      if (random_.chance(300)) screen_tb(villager);
      break;
    case Villager::Group::elderly:
      screen_elderly(villager);
      if (random_.chance(250)) screen_tb(villager);
      break;
  }
  supplement(villager);
}

DayLine PosyanduDay::begin(std::string_view type, std::string_view by) {
  last_ref_ = mint_ref();
  return DayLine(type, last_ref_, by, now_text());
}

void PosyanduDay::put(DayLine&& line) { ready_.push_back(std::move(line).finish()); }

std::string PosyanduDay::mint_ref() {
  counter_ += random_.chance(80) ? random_.between(2, 4) : 1;
  return device_ + '-' + std::to_string(counter_);
}

std::string PosyanduDay::now_text() const {
  const int zone = std::abs(options_.zone_minutes);
  char text[48];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d%c%02d:%02d", second_of_day_ / 3600,
                second_of_day_ / 60 % 60, second_of_day_ % 60,
                options_.zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
  return date_text(today_) + text;
}

// A long day ends before midnight: the last lines then carry one time.
void PosyanduDay::pass_time(int seconds_min, int seconds_max) {
  second_of_day_ = std::min(second_of_day_ + random_.between(seconds_min, seconds_max), 86'399);
}

std::string_view PosyanduDay::kader() {
  constexpr std::array<std::string_view, 5> kaders{"kader-01", "kader-02", "kader-03", "kader-05",
                                                   "kader-08"};
  if (random_.chance(60)) kader_ = random_.below(kaders.size());
  return kaders[kader_];
}

}  // namespace titip
