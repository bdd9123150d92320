// What holds between tests/older/older_ilp.capnp and schema/ilp.capnp, in a program whose
// vocabulary is the older one.

#include <gtest/gtest.h>

#include "core/registry.hh"
#include "schema/ilp.capnp.h"

namespace titip {
namespace {

const Registry& newer() {
  static const auto registry = Registry::of(capnp::Schema::from<schema::Vocabulary>());
  return registry;
}

TEST(OlderSchema, IsTheVocabularyOfTheProgramsOfThisFolder) {
  EXPECT_NE(Registry::ilp().find("Person"), nullptr);
  EXPECT_EQ(Registry::ilp().find("DangerSign"), nullptr);
  EXPECT_EQ(Registry::ilp().find("GrowthMeasurement")->field("note"), nullptr);
  EXPECT_NE(newer().find("GrowthMeasurement")->field("note"), nullptr);
  EXPECT_NE(Registry::ilp().fingerprint(), newer().fingerprint());
}

void expect_begins(const FieldRules& older, const FieldRules& now) {
  EXPECT_EQ(older.name, now.name);
  EXPECT_EQ(older.index, now.index);
  EXPECT_EQ(older.kind, now.kind);
  EXPECT_EQ(older.text_format, now.text_format);
  EXPECT_EQ(older.bits, now.bits);
  EXPECT_EQ(older.is_signed, now.is_signed);
  EXPECT_EQ(older.merge, now.merge);
  EXPECT_EQ(older.refers_to, now.refers_to);
  EXPECT_EQ(older.field.getProto().getSlot().getOffset(),
            now.field.getProto().getSlot().getOffset());
  ASSERT_LE(older.enumerants.size(), now.enumerants.size());
  for (std::size_t i = 0; i < older.enumerants.size(); ++i) {
    EXPECT_EQ(older.enumerants[i].name, now.enumerants[i].name);
  }
}

TEST(OlderSchema, IsWhatTheSchemaOfTodayBeginsWith) {
  for (const auto& older : Registry::ilp().types()) {
    SCOPED_TRACE(older.name);
    const auto* now = newer().find(older.number);
    ASSERT_NE(now, nullptr);
    EXPECT_EQ(older.name, now->name);
    EXPECT_EQ(older.lane, now->lane);
    EXPECT_EQ(older.observation, now->observation);
    ASSERT_LE(older.fields.size(), now->fields.size());
    for (std::size_t i = 0; i < older.fields.size(); ++i) {
      SCOPED_TRACE(older.fields[i].name);
      expect_begins(older.fields[i], now->fields[i]);
    }
  }
}

}  // namespace
}  // namespace titip
