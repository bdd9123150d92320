#include "tests/support/posyandu_people.hh"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <string_view>

namespace titip {

namespace {

constexpr std::array<std::string_view, 40> female_names{
    "Siti",   "Maria",    "Yuliana", "Dewi",     "Agustina", "Fitri",  "Nurhayati", "Yohana",
    "Rahayu", "Marlince", "Aminah",  "Kristina", "Wulan",    "Melani", "Orpa",      "Salomina",
    "Ratna",  "Debora",   "Lestari", "Yosina",   "Indah",    "Martha", "Hasnah",    "Elisabet",
    "Putri",  "Naomi",    "Sri",     "Paulina",  "Rosita",   "Ester",  "Mega",      "Ludia",
    "Ayu",    "Fransina", "Nur",     "Katarina", "Tini",     "Monika", "Halimah",   "Selfina"};
constexpr std::array<std::string_view, 40> male_names{
    "Yohanis", "Ahmad",   "Agus",     "Markus",   "Budi",    "Petrus",     "Andi",   "Simon",
    "Rahmat",  "Daud",    "Hendrik",  "Yusuf",    "Matius",  "Eko",        "Lukas",  "Samuel",
    "Irfan",   "Yakobus", "Dedi",     "Thomas",   "Melkias", "Rizki",      "Paulus", "Ismail",
    "Natan",   "Wahyu",   "Stefanus", "Arif",     "Otniel",  "Fransiskus", "Bayu",   "Elias",
    "Hasan",   "Gerson",  "Joko",     "Barnabas", "Rian",    "Silas",      "Umar",   "Yulianus"};
constexpr std::array<std::string_view, 48> family_names{
    "Wandira",  "Tabuna",    "Katagawe", "Mapeyo",   "Onawe",     "Kobarubun", "Waine",
    "Dimaro",   "Natkime",   "Beraway",  "Santosa",  "Wijayanti", "Kurniadi",  "Pekeyau",
    "Murib",    "Alomang",   "Yanengga", "Saputro",  "Lokbere",   "Handayan",  "Kelanangame",
    "Omaleng",  "Rumbiak",   "Pigome",   "Susanta",  "Magai",     "Tsolme",    "Jangkup",
    "Deikme",   "Beanal",    "Kiwak",    "Hidayati", "Uamang",    "Rahmadi",   "Stenamun",
    "Yarangga", "Puspita",   "Nawipa",   "Gobai",    "Setyawan",  "Amisim",    "Kum",
    "Mom",      "Zonggonau", "Permana",  "Tekege",   "Fatubun",   "Renyaan"};
constexpr std::array<std::string_view, 16> syllables{
    "ka", "ri", "na", "mo", "tu", "la", "we", "si", "ro", "ba", "yu", "me", "do", "ha", "ni", "pa"};
constexpr std::array<std::string_view, 16> streets{
    "Cenderawasih", "Yos Sudarso", "Budi Utomo", "Kamoro",  "Hasanuddin", "Belibis",
    "Mambruk",      "Nawaripi",    "Sosial",     "Kartini", "Busiri",     "Trikora",
    "Patimura",     "Serui Mekar", "Matoa",      "Hangtuah"};

// Medians of both sexes at these ages, rounded from the WHO standards.
struct Median {
  int months, grams, length, muac, head;
};
constexpr std::array<Median, 10> medians{{{0, 3300, 495, 105, 342},
                                          {3, 6100, 605, 132, 400},
                                          {6, 7600, 667, 142, 430},
                                          {9, 8600, 710, 146, 446},
                                          {12, 9300, 750, 148, 456},
                                          {18, 10500, 815, 150, 469},
                                          {24, 11800, 870, 153, 478},
                                          {36, 14000, 955, 157, 491},
                                          {48, 16000, 1030, 161, 499},
                                          {60, 18000, 1095, 165, 505}}};

int interpolate(int age_days, int Median::*column) {
  const int age_months = std::clamp(age_days * 100 / 3044, 0, medians.back().months - 1);
  const auto high = *std::ranges::find_if(
      medians, [&](const Median& median) { return median.months > age_months; });
  const auto low = *std::prev(std::ranges::find(medians, high.months, &Median::months));
  const int days_low = low.months * 3044 / 100;
  const int days = high.months * 3044 / 100 - days_low;
  return low.*column + (high.*column - low.*column) * (age_days - days_low) / days;
}

// `sd_permille` is one standard deviation in thousandths of the median.
int scaled(int median, int deviation, int sd_permille) {
  return median + static_cast<int>(std::int64_t{median} * deviation * sd_permille / 1'000'000);
}

Villager grown(Seeded& random, Villager::Group group, bool female, std::int32_t birth_date) {
  Villager person;
  person.group = group;
  person.female = female;
  person.birth_date = birth_date;
  person.name = village_name(random, female);
  if (random.chance(850)) person.nik = village_nik(random, female, birth_date);
  person.size = random.normal();
  person.height_millimetres = scaled(female ? 1530 : 1640, random.normal(), 38);
  person.weight_grams = scaled(female ? 56000 : 63000, person.size, 170);
  person.systolic = (group == Villager::Group::elderly ? 138 : 121) + random.normal() * 14 / 1000;
  return person;
}

}  // namespace

std::string village_name(Seeded& random, bool female) {
  const auto given = [&] {
    return std::string(
        random.one_of<std::string_view>(female ? std::span(female_names) : std::span(male_names)));
  };
  std::string name = given();
  if (random.chance(350)) name.append(" ").append(given());
  if (random.chance(250)) {
    std::string made;
    const int count = random.between(2, 3);
    for (int i = 0; i < count; ++i) made += random.one_of<std::string_view>(syllables);
    made[0] = static_cast<char>(made[0] - 'a' + 'A');
    name.append(" ").append(made);
  }
  return name.append(" ").append(random.one_of<std::string_view>(family_names));
}

std::string village_nik(Seeded& random, bool female, std::int32_t birth_date) {
  const std::chrono::year_month_day born{std::chrono::sys_days{std::chrono::days{birth_date}}};
  // Mimika's codes since and before the province was divided; people hold both.
  const int regency = random.chance(600) ? 9109 : 9404;
  const int kecamatan = random.between(1, 18);
  const int serial_max = random.chance(800) ? 12 : 400;
  char text[64];
  std::snprintf(text, sizeof text, "%04d%02d%02u%02u%02d%04d", regency, kecamatan,
                static_cast<unsigned>(born.day()) + (female ? 40U : 0U),
                static_cast<unsigned>(born.month()), static_cast<int>(born.year()) % 100,
                random.between(1, serial_max));
  return text;
}

std::string village_address(Seeded& random) {
  auto address = std::string("Jl. ").append(random.one_of<std::string_view>(streets));
  if (random.chance(700)) address.append(" No. ").append(std::to_string(random.between(1, 140)));
  return address;
}

Villager make_child(Seeded& random, std::int32_t today) {
  const bool female = random.chance(490);
  Villager child;
  child.group = Villager::Group::child;
  child.female = female;
  child.birth_date = today - random.between(3, 1700);
  child.name = village_name(random, female);
  if (random.chance(400)) child.nik = village_nik(random, female, child.birth_date);
  child.size = random.normal() - 800;
  child.doses = static_cast<std::uint32_t>((today - child.birth_date) / 45);
  return child;
}

Villager make_mother(Seeded& random, std::int32_t today) {
  auto mother =
      grown(random, Villager::Group::mother, true, today - random.between(17 * 365, 44 * 365));
  if (random.chance(320)) mother.last_period = today - random.between(40, 200);
  return mother;
}

Villager make_adult(Seeded& random, std::int32_t today) {
  const bool female = random.chance(550);
  const int age_days = random.between(18 * 365, 59 * 365);
  return grown(random, Villager::Group::adult, female, today - age_days);
}

Villager make_elderly(Seeded& random, std::int32_t today) {
  const bool female = random.chance(560);
  const int age_days = random.between(60 * 365, 87 * 365);
  return grown(random, Villager::Group::elderly, female, today - age_days);
}

ChildBody child_body(Seeded& random, const Villager& child, std::int32_t today) {
  const int age = today - child.birth_date;
  const auto noise = [&](int share) { return child.size + random.normal() * share / 1000; };
  ChildBody body;
  body.weight_grams = std::max(1800, scaled(interpolate(age, &Median::grams), noise(250), 110));
  body.length_millimetres =
      std::max(400, scaled(interpolate(age, &Median::length), noise(450), 38));
  body.muac_millimetres = std::max(85, scaled(interpolate(age, &Median::muac), noise(600), 75));
  body.head_millimetres = std::max(290, scaled(interpolate(age, &Median::head), noise(700), 29));
  return body;
}

int as_written(Seeded& random, int value, int step) {
  const int habit = random.between(0, 99);
  const int to = habit < 38 ? 10 * step : habit < 60 ? 5 * step : step;
  return (value + to / 2) / to * to;
}

}  // namespace titip
