// What happens to one person at the post, and to its stock.

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "tests/support/posyandu_day.hh"

namespace titip {

namespace {

struct Dose {
  int from_day;
  std::string_view antigen;
  int number;
};
// The national schedule, in the order of age.
constexpr std::array<Dose, 18> schedule{{{0, "hepatitisB", 0},      {7, "bcg", 1},
                                         {7, "polioOral", 1},       {61, "pentavalent", 1},
                                         {61, "polioOral", 2},      {61, "rotavirus", 1},
                                         {61, "pneumococcal", 1},   {91, "pentavalent", 2},
                                         {91, "polioOral", 3},      {91, "rotavirus", 2},
                                         {122, "pentavalent", 3},   {122, "polioInjected", 1},
                                         {122, "pneumococcal", 2},  {274, "measlesRubella", 1},
                                         {274, "polioInjected", 2}, {365, "pneumococcal", 3},
                                         {548, "pentavalent", 4},   {548, "measlesRubella", 2}}};

constexpr std::array<std::string_view, 6> complaints{
    "berat badan tidak naik dua bulan", "tekanan darah tinggi saat skrining",
    "batuk lama, mohon pemeriksaan dahak", "pusing dan pandangan kabur",
    "lila di bawah batas, mohon pemeriksaan", "mohon pemeriksaan lanjutan"};
constexpr std::array<std::string_view, 8> notes{
    "anak rewel saat ditimbang", "pakaian tebal", "baru sembuh dari demam", "diulang dua kali",
    "ibu lupa bawa Buku KIA", "diantar nenek", "sedang batuk pilek", "nafsu makan kurang"};
constexpr std::array<std::string_view, 8> items{"vitaminABlue", "vitaminARed", "deworming",
                                                "ironTablet",   "extraFood",   "vaccineVial",
                                                "glucoseStrip", "malariaTest"};

unsigned month_of(std::int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return static_cast<unsigned>(date.month());
}

}  // namespace

void PosyanduDay::measure_child(Villager& child) {
  const auto body = child_body(random_, child, today_);
  const int age = today_ - child.birth_date;
  auto line = begin("GrowthMeasurement", kader());
  line.record("person", child.ref).date("date", today_);
  line.number("weightGrams", as_written(random_, body.weight_grams, 10));
  line.number("lengthMillimetres", as_written(random_, body.length_millimetres, 1));
  line.text("posture", (age < 730) != random_.chance(30) ? "lying" : "standing");
  if (age > 180) {
    line.number("muacMillimetres", as_written(random_, body.muac_millimetres, 1));
  }
  if (age < 730 || random_.chance(400)) {
    line.number("headMillimetres", as_written(random_, body.head_millimetres, 1));
  }
  line.flag("oedema", random_.chance(4)).text("place", "posyandu").text("facility", facility_);
  if (age < 183) line.flag("exclusiveBreastfeeding", random_.chance(620));
  if (random_.chance(350)) {
    line.text("development", random_.chance(900) ? "asExpected" : "inDoubt");
  }
  if (random_.chance(60)) line.text("note", random_.one_of<std::string_view>(notes));
  put(std::move(line));
  if (body.muac_millimetres < 115 || random_.chance(6)) {
    refer(child, body.muac_millimetres < 115 ? "severeWasting" : "weightNotGained", complaints[0]);
  }
}

void PosyanduDay::immunize(Villager& child) {
  const int age = today_ - child.birth_date;
  for (int given = 0; given < 2 && child.doses < schedule.size(); ++given) {
    const auto& dose = schedule[child.doses];
    if (dose.from_day > age) return;
    pass_time(20, 90);
    auto line = begin("Immunization", "bidan-01");
    line.record("person", child.ref).date("date", today_).text("antigen", dose.antigen);
    line.number("doseNumber", dose.number).text("status", "given");
    line.text("timing", age < dose.from_day + 31 ? "onSchedule" : "catchUp");
    // A vial holds several doses, so its lot comes back for some weeks.
    const auto delivery = static_cast<unsigned>(today_) / 56;
    const auto lot = (delivery * 7919 + child.doses * 104729) % 9000 + 1000;
    line.text("lot", std::string("B").append(std::to_string(lot)));
    line.date("expiryDate", today_ - today_ % 30 + static_cast<std::int32_t>(lot % 12) * 30 + 180);
    line.flag("recalled", false).text("facility", facility_);
    put(std::move(line));
    ++child.doses;
  }
}

void PosyanduDay::supplement(const Villager& villager) {
  const bool child = villager.group == Villager::Group::child;
  const int age = today_ - villager.birth_date;
  const auto month = month_of(today_);
  const auto give = [&](std::string_view product, int amount, int taken) {
    pass_time(10, 60);
    auto line = begin("Supplement", kader());
    line.record("person", villager.ref).date("date", today_).text("product", product);
    line.number("amount", amount);
    if (taken >= 0) line.number("taken", taken);
    line.text("facility", facility_);
    put(std::move(line));
  };
  if (child && age > 182 && (month == 2 || month == 8)) {
    give(age < 365 ? "vitaminABlue" : "vitaminARed", 1, -1);
    if (month == 8 && age > 365) give("deworming", 1, -1);
  } else if (child && random_.chance(180)) {
    const auto product = random_.chance(600) ? "extraFood" : "micronutrient";
    const int amount = random_.between(1, 4) * 7;
    give(product, amount, random_.between(0, 28));
  } else if (villager.last_period != 0 && random_.chance(750)) {
    const int amount = random_.chance(800) ? 30 : random_.between(1, 9) * 10;
    give("ironTablet", amount, random_.between(4, 30));
  }
}

void PosyanduDay::register_pregnancy(Villager& mother) {
  auto line = begin("Pregnancy", "bidan-01");
  const int gravida = random_.between(1, 6);
  line.record("person", mother.ref).text("facility", facility_).date("registeredDate", today_);
  line.date("lastPeriodDate", mother.last_period).date("expectedDate", mother.last_period + 280);
  line.number("gravida", gravida).number("para", std::max(0, gravida - 1 - random_.between(0, 1)));
  line.flag("highRisk", random_.chance(180)).text("status", "ongoing");
  put(std::move(line));
  mother.pregnancy_ref = last_ref_;
  pass_time(20, 90);
}

void PosyanduDay::antenatal(Villager& mother) {
  const int weeks = (today_ - mother.last_period) / 7;
  if (weeks > 40) {
    mother.last_period = 0;
    mother.pregnancy_ref.clear();
    return screen_adult(mother);
  }
  if (mother.pregnancy_ref.empty()) register_pregnancy(mother);
  constexpr std::array<std::string_view, 6> contacts{"k1", "k2", "k3", "k4", "k5", "k6"};
  const int systolic = std::clamp(mother.systolic - 8 + random_.normal() * 9 / 1000, 80, 210);
  mother.weight_grams = std::min(mother.weight_grams + random_.between(-200, 2200), 140000);
  const int muac = 258 + mother.size * 28 / 1000 + random_.normal() * 6 / 1000;
  auto line = begin("AncVisit", "bidan-01");
  line.record("person", mother.ref).date("date", today_).record("pregnancy", mother.pregnancy_ref);
  line.text("visit", contacts[static_cast<std::size_t>(std::clamp(weeks / 7, 0, 5))]);
  line.number("gestationWeeks", weeks);
  line.number("weightGrams", as_written(random_, mother.weight_grams, 100));
  line.number("muacMillimetres", as_written(random_, muac, 1));
  line.number("systolic", as_written(random_, systolic, 1));
  line.number("diastolic", as_written(random_, systolic * 64 / 100 + random_.between(-4, 6), 1));
  if (weeks > 20) line.number("fundalHeightMillimetres", weeks * 10 + random_.between(-25, 25));
  if (weeks > 14) line.number("fetalHeartRate", random_.between(122, 158));
  if (random_.chance(350)) line.number("haemoglobinGramsPerLitre", 112 + random_.normal() / 80);
  line.number("ironTabletsTaken", random_.between(0, 30));
  line.text("facility", facility_);
  put(std::move(line));
  if (systolic >= 150) refer(mother, "pregnancyRisk", complaints[3]);
}

void PosyanduDay::screen_adult(Villager& adult) {
  const int systolic = std::clamp(adult.systolic + random_.normal() * 8 / 1000, 80, 230);
  adult.weight_grams = std::clamp(adult.weight_grams + random_.normal() * 7 / 10, 32000, 150000);
  auto line = begin("AdultScreening", kader());
  line.record("person", adult.ref).date("date", today_);
  line.number("weightGrams", as_written(random_, adult.weight_grams, 100));
  line.number("heightMillimetres", as_written(random_, adult.height_millimetres, 1));
  line.number("waistMillimetres", as_written(random_, 820 + adult.size * 95 / 1000, 1));
  line.number("systolic", as_written(random_, systolic, 1));
  line.number("diastolic", as_written(random_, systolic * 64 / 100 + random_.between(-5, 7), 1));
  if (random_.chance(420)) {
    const int spread = random_.chance(90) ? 110 : 22;
    line.number("glucoseRandom", std::max(62, 112 + random_.normal() * spread / 1000));
  }
  if (random_.chance(600)) line.number("heartRate", 78 + random_.normal() * 10 / 1000);
  line.flag("smoker", !adult.female && random_.chance(580)).flag("inactive", random_.chance(330));
  line.flag("lowFruit", random_.chance(610)).flag("knownHypertension", adult.systolic > 142);
  line.text("facility", facility_);
  put(std::move(line));
  if (adult.group == Villager::Group::mother && random_.chance(20)) {
    adult.last_period = today_ - random_.between(40, 75);
  }
  if (systolic >= 170) refer(adult, "bloodPressure", complaints[1]);
}

void PosyanduDay::screen_elderly(Villager& elderly) {
  const int systolic = std::clamp(elderly.systolic + random_.normal() * 10 / 1000, 85, 240);
  const int drift = random_.normal() * 6 / 10;
  elderly.weight_grams = std::clamp(elderly.weight_grams + drift, 30000, 130000);
  auto line = begin("ElderlyScreening", kader());
  line.record("person", elderly.ref).date("date", today_);
  line.number("weightGrams", as_written(random_, elderly.weight_grams, 100));
  line.number("heightMillimetres", as_written(random_, elderly.height_millimetres, 1));
  if (random_.chance(700)) {
    line.number("muacMillimetres", as_written(random_, 262 + elderly.size * 31 / 1000, 1));
  }
  line.number("systolic", as_written(random_, systolic, 1));
  line.number("diastolic", as_written(random_, systolic * 60 / 100 + random_.between(-5, 7), 1));
  if (random_.chance(380)) {
    line.number("glucoseRandom", std::max(60, 124 + random_.normal() * 38 / 1000));
  }
  line.number("adlScore", random_.chance(720) ? 20 : random_.between(6, 19));
  line.flag("cognition", random_.chance(110)).flag("mobility", random_.chance(160));
  line.flag("malnutrition", random_.chance(70)).flag("vision", random_.chance(230));
  line.flag("hearing", random_.chance(120)).text("facility", facility_);
  put(std::move(line));
  if (systolic >= 185) refer(elderly, "bloodPressure", complaints[1]);
}

void PosyanduDay::screen_tb(const Villager& villager) {
  pass_time(15, 70);
  const int cough = random_.chance(80) ? random_.between(2, 40) : 0;
  const bool suspected = cough > 14;
  auto line = begin("TbScreening", kader());
  line.record("person", villager.ref).date("date", today_).number("coughDays", cough);
  line.flag("fever", random_.chance(40)).flag("nightSweats", random_.chance(30));
  line.flag("weightLoss", random_.chance(40)).flag("contact", random_.chance(35));
  line.text("result", suspected ? "suspected" : "notSuspected").text("facility", facility_);
  put(std::move(line));
  if (suspected) refer(villager, "tbSuspected", complaints[2]);
}

void PosyanduDay::refer(const Villager& villager, std::string_view reason,
                        std::string_view complaint) {
  constexpr std::array<std::string_view, 5> signs{"highFever", "fastBreathing", "convulsions",
                                                  "severeHeadache", "notFeeding"};
  pass_time(40, 200);
  std::string sign_ref;
  if (random_.chance(250)) {
    auto sign = begin("DangerSign", kader());
    sign.date("date", today_).text("sign", random_.one_of<std::string_view>(signs));
    sign.record("person", villager.ref).date("onsetDate", today_ - random_.between(0, 6));
    sign.text("area", area_).text("facility", facility_);
    put(std::move(sign));
    sign_ref = last_ref_;
  }
  auto line = begin("Referral", "bidan-01");
  line.record("person", villager.ref).date("date", today_).text("fromFacility", facility_);
  line.text("toFacility", health_centre_).text("reason", reason);
  line.text("urgency", sign_ref.empty() ? "soon" : "emergency").text("status", "sent");
  line.text("complaint", complaint);
  if (!sign_ref.empty()) line.record("dangerSign", sign_ref);
  put(std::move(line));
}

void PosyanduDay::home_visit(const Villager& villager) {
  constexpr std::array<std::string_view, 4> reasons{"routine", "absent", "missedDose", "treatment"};
  pass_time(300, 1500);
  auto line = begin("HomeVisit", kader());
  line.record("person", villager.ref).date("date", today_);
  line.text("reason", random_.one_of<std::string_view>(reasons));
  line.text("found", random_.chance(850) ? "met" : "notHome");
  line.flag("missingService", random_.chance(240)).flag("nonCompliance", random_.chance(140));
  if (random_.chance(300)) line.date("nextDate", today_ + random_.between(3, 28));
  line.text("facility", facility_);
  put(std::move(line));
}

void PosyanduDay::move_stock(bool at_opening) {
  pass_time(20, 120);
  const int count = at_opening ? random_.between(1, 20) * 10 : -random_.between(1, 120);
  auto line = begin("StockMovement", kader());
  line.text("facility", facility_).date("date", today_);
  line.text("item", random_.one_of<std::string_view>(items)).number("quantity", count);
  line.text("reason", at_opening ? "received" : "used");
  if (at_opening) {
    line.text("lot", std::string("L").append(std::to_string(random_.between(10000, 99999))));
    line.date("expiryDate", today_ + random_.between(4, 30) * 30);
    line.text("otherFacility", health_centre_);
  }
  put(std::move(line));
}

// Slips that really happen (unit slips and 999 as missing are in the surveys), and broken programs.
std::string PosyanduDay::spoilt_line() {
  const auto& villager = people_[random_.below(people_.size())];
  const auto slip = random_.between(0, 8);
  auto line = begin(slip == 1 || slip == 7 ? "Person" : "GrowthMeasurement", kader());
  if (slip == 1) line.text("name", villager.name).text("sex", "3");
  if (slip == 7) line.text("name", villager.name).text("nik", "940401510199000");
  if (slip != 1 && slip != 7) line.record("person", slip == 5 ? "never-saved-1" : villager.ref);
  if (slip != 1 && slip != 4 && slip != 7) line.date("date", today_);
  switch (slip) {
    case 0: line.number("muacMillimetres", 999); break;
    case 2: line.number("muacMillimetres", random_.between(11, 14)); break;
    case 3: line.number("weightGrams", random_.between(4, 18)); break;
    case 4: line.text("date", "2024-02-30"); break;
    case 6: line.number("weight", random_.between(4000, 18000)); break;
    default: break;
  }
  auto text = std::move(line).finish();
  if (slip == 8) text.resize(text.size() - 2);
  return text;
}

}  // namespace titip
