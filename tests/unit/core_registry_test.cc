#include "core/registry.hh"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace titip {
namespace {

template <typename Visit>
void each_field(Visit visit) {
  for (const auto& type : Registry::ilp().types()) {
    for (const auto& field : type.fields) {
      SCOPED_TRACE(type.name + "." + field.name);
      visit(type, field);
    }
  }
}

std::string vocabulary_text() {
  const auto root = std::filesystem::path(TITIP_SOURCE_DIR);
  std::ifstream file(root / "schema" / "ilp.capnp");
  EXPECT_TRUE(file) << "schema/ilp.capnp is read from the source tree";
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool ends_with_any(const std::string& name, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [&](auto ending) { return name.ends_with(ending); });
}

TEST(Registry, EveryStructOfTheVocabularyIsARecordType) {
  const auto text = vocabulary_text();
  std::set<std::string> written;
  const std::regex declaration(R"((?:^|\n)struct (\w+))");
  for (std::sregex_iterator at(text.begin(), text.end(), declaration), end; at != end; ++at) {
    written.insert((*at)[1]);
  }
  ASSERT_EQ(written.erase("Vocabulary"), 1U);
  std::set<std::string> known;
  for (const auto& type : Registry::ilp().types()) known.insert(type.name);
  EXPECT_EQ(known, written);
}

TEST(Registry, NumbersOfRecordTypesNeverChange) {
  const std::map<std::string, int> expected{{"Node", 1},
                                            {"Facility", 2},
                                            {"Person", 3},
                                            {"Enrolment", 4},
                                            {"Pregnancy", 5},
                                            {"Referral", 6},
                                            {"Message", 7},
                                            {"GrowthMeasurement", 12},
                                            {"Immunization", 13},
                                            {"Supplement", 14},
                                            {"AncVisit", 15},
                                            {"Delivery", 16},
                                            {"PostnatalVisit", 17},
                                            {"AdultScreening", 18},
                                            {"ElderlyScreening", 19},
                                            {"TbScreening", 20},
                                            {"HomeVisit", 21},
                                            {"StockMovement", 22},
                                            {"DangerSign", 23}};
  std::map<std::string, int> numbers;
  for (const auto& type : Registry::ilp().types()) numbers[type.name] = type.number;
  EXPECT_EQ(numbers, expected);
}

TEST(Registry, TypesAreFoundByNumberAndByName) {
  for (const auto& type : Registry::ilp().types()) {
    EXPECT_EQ(Registry::ilp().find(type.number), &type);
    EXPECT_EQ(Registry::ilp().find(type.name), &type);
  }
  EXPECT_EQ(Registry::ilp().find(TypeNumber{0}), nullptr);
  EXPECT_EQ(Registry::ilp().find(TypeNumber{9999}), nullptr);
  EXPECT_EQ(Registry::ilp().find("Vocabulary"), nullptr);
}

TEST(Registry, FieldsStandAtTheirIndexAndFitAMask) {
  for (const auto& type : Registry::ilp().types()) {
    ASSERT_LE(type.fields.size(), 64U) << type.name;
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      EXPECT_EQ(type.fields[i].index, i);
      EXPECT_EQ(type.fields[i].field.getIndex(), i);
      EXPECT_EQ(type.field(type.fields[i].name), &type.fields[i]);
    }
  }
}

TEST(Registry, EveryQuantityHasAUnitAndARangeWithItsUsualRangeInside) {
  each_field([](const RecordType&, const FieldRules& field) {
    if (field.kind != FieldKind::integer) return;
    EXPECT_FALSE(field.unit.empty());
    ASSERT_TRUE(field.range);
    EXPECT_LT(field.range->min, field.range->max);
    if (!field.range->has_usual()) return;
    EXPECT_LE(field.range->min, field.range->usual_min);
    EXPECT_LT(field.range->usual_min, field.range->usual_max);
    EXPECT_LE(field.range->usual_max, field.range->max);
  });
}

TEST(Registry, EveryNameIsGivenInBothLanguages) {
  const auto expect_both = [](const Label& label) {
    EXPECT_FALSE(label.id.empty());
    EXPECT_FALSE(label.en.empty());
  };
  for (const auto& type : Registry::ilp().types()) expect_both(type.label);
  each_field([&](const RecordType&, const FieldRules& field) {
    expect_both(field.label);
    if (field.kind == FieldKind::enumeration) {
      EXPECT_FALSE(field.enumerants.empty());
    }
    for (const auto& enumerant : field.enumerants) {
      SCOPED_TRACE(enumerant.name);
      expect_both(enumerant.label);
      EXPECT_EQ(field.enumerant(enumerant.name), &enumerant);
    }
  });
}

TEST(Registry, DatesAndTimesAreFormattedAsSuch) {
  each_field([](const RecordType&, const FieldRules& field) {
    const bool dated = ends_with_any(field.name, {"Date", "date"});
    EXPECT_EQ(dated, field.kind == FieldKind::date);
    EXPECT_EQ(ends_with_any(field.name, {"At"}), field.kind == FieldKind::time);
  });
}

TEST(Registry, ReferencesNameARecordType) {
  each_field([](const RecordType&, const FieldRules& field) {
    EXPECT_EQ(field.kind == FieldKind::record, !field.refers_to.empty());
    if (!field.refers_to.empty()) {
      EXPECT_NE(Registry::ilp().find(field.refers_to), nullptr);
    }
  });
}

TEST(Registry, IdentifyingFieldsAreText) {
  each_field([](const RecordType& type, const FieldRules& field) {
    EXPECT_EQ(field.identifies, (type.identifying & field.bit()) != 0);
    if (field.identifies) {
      EXPECT_EQ(field.kind, FieldKind::text);
    }
  });
}

TEST(Registry, WhatNamesAPersonIdentifies) {
  each_field([](const RecordType& type, const FieldRules& field) {
    if (field.text_format == TextFormat::nik || field.text_format == TextFormat::phone ||
        field.name == "note") {
      EXPECT_TRUE(field.identifies);
    }
    if (type.name == "Person" && field.kind == FieldKind::text) {
      const bool of_a_place = field.name == "area" || field.name == "facility";
      EXPECT_EQ(field.identifies, !of_a_place);
    }
  });
}

TEST(Registry, CodesAndFacilitiesHaveTheirFormats) {
  each_field([](const RecordType&, const FieldRules& field) {
    if (field.kind != FieldKind::text) return;
    EXPECT_GT(field.bytes_max, 0U);
    if (ends_with_any(field.name, {"facility", "Facility"})) {
      EXPECT_EQ(field.text_format, TextFormat::facility);
    }
    if (ends_with_any(field.name, {"area"})) {
      EXPECT_EQ(field.text_format, TextFormat::area);
    }
    if (ends_with_any(field.name, {"nik", "Nik"})) {
      EXPECT_EQ(field.text_format, TextFormat::nik);
    }
  });
}

TEST(Registry, ALoincCodeSaysItsUnit) {
  each_field([](const RecordType&, const FieldRules& field) {
    EXPECT_EQ(field.loinc_code.empty(), field.loinc_unit.empty());
  });
}

TEST(Registry, OnlyNodesAreWrittenByHubs) {
  for (const auto& type : Registry::ilp().types()) {
    EXPECT_EQ(type.system, type.name == "Node") << type.name;
  }
}

TEST(Registry, ReferralsAndDangerSignsAreUrgent) {
  std::set<std::string> urgent;
  for (const auto& type : Registry::ilp().types()) {
    if (type.lane == Lane::urgent) urgent.insert(type.name);
  }
  EXPECT_THAT(urgent, testing::UnorderedElementsAre("Referral", "DangerSign"));
}

TEST(Registry, ReferralsAndMessagesAreCarriedToTheirAddressee) {
  std::set<std::string> addressed;
  each_field([&](const RecordType& type, const FieldRules& field) {
    if (field.addressee) addressed.insert(type.name + "." + field.name);
  });
  EXPECT_THAT(addressed,
              testing::UnorderedElementsAre("Referral.toFacility", "Message.toFacility"));
}

TEST(Registry, PersonsAndStockHaveAHomeAndObservationsFollowPersons) {
  std::set<std::string> homes;
  std::set<std::string> followed;
  each_field([&](const RecordType& type, const FieldRules& field) {
    if (field.home) homes.insert(type.name + "." + field.name);
    EXPECT_EQ(field.home, (type.homes & field.bit()) != 0);
    EXPECT_EQ(field.text_format == TextFormat::area, (type.areas & field.bit()) != 0);
    EXPECT_EQ(field.addressee, (type.addressees & field.bit()) != 0);
    EXPECT_EQ(field.kind == FieldKind::record, (type.references & field.bit()) != 0);
    if ((type.subjects & field.bit()) != 0) followed.insert(field.refers_to);
  });
  EXPECT_THAT(homes, testing::ElementsAre("Person.facility", "StockMovement.facility"));
  EXPECT_THAT(followed, testing::ElementsAre("Person")) << "not a danger sign, which has an area";
}

TEST(Registry, AMeasurementNeedsOnlyItsPersonAndDateAndAPersonOnlyAName) {
  const auto required = [](std::string_view name) {
    std::set<std::string> names;
    for (const auto& field : Registry::ilp().find(name)->fields) {
      if (field.required) names.insert(field.name);
    }
    return names;
  };
  EXPECT_THAT(required("GrowthMeasurement"), testing::UnorderedElementsAre("person", "date"));
  EXPECT_THAT(required("Person"), testing::UnorderedElementsAre("name"));
}

TEST(Registry, HardRangesTakeEveryRealChildAndNoSlipOfTheUnit) {
  const auto& growth = *Registry::ilp().find("GrowthMeasurement");
  const auto fits = [&](std::string_view name, std::int64_t value) {
    const auto& range = *growth.field(name)->range;
    return range.min <= value && value <= range.max;
  };
  for (const std::int64_t grams : {2400, 32500}) EXPECT_TRUE(fits("weightGrams", grams));
  for (const std::int64_t mm : {410, 1200}) EXPECT_TRUE(fits("lengthMillimetres", mm));
  for (const std::int64_t mm : {94, 191}) EXPECT_TRUE(fits("muacMillimetres", mm));
  for (const std::int64_t mm : {11, 13, 999}) EXPECT_FALSE(fits("muacMillimetres", mm));
}

TEST(Registry, FacilityKindsHaveTheRanksOfTheCode) {
  const auto& kind = *Registry::ilp().find("Facility")->field("kind");
  EXPECT_EQ(kind.enumerant("posyandu")->ordinal, static_cast<int>(FacilityKind::posyandu));
  EXPECT_EQ(kind.enumerant("pustu")->ordinal, static_cast<int>(FacilityKind::pustu));
  EXPECT_EQ(kind.enumerant("puskesmas")->ordinal, static_cast<int>(FacilityKind::puskesmas));
  EXPECT_EQ(kind.enumerant("district")->ordinal, static_cast<int>(FacilityKind::district));
  EXPECT_EQ(kind.enumerant("hospital"), nullptr);
}

}  // namespace
}  // namespace titip
