#include <capnp/message.h>
#include <capnp/schema-loader.h>
#include <gtest/gtest.h>

#include <array>

#include "core/registry.hh"
#include "core/schema_annotations.hh"
#include "schema/ilp.capnp.h"
#include "schema/link.capnp.h"
#include "schema/rules.capnp.h"

namespace titip {
namespace {

TEST(RegistryReflection, TheFingerprintNamesTheVocabulary) {
  const std::array all{capnp::StructSchema(capnp::Schema::from<schema::Person>()),
                       capnp::StructSchema(capnp::Schema::from<schema::Facility>())};
  const Registry both(all);
  const Registry same(std::array{all[1], all[0]});
  const Registry one(std::array{all[0]});
  EXPECT_EQ(both.fingerprint(), same.fingerprint());
  EXPECT_NE(both.fingerprint(), one.fingerprint());
  EXPECT_NE(Registry::ilp().fingerprint(), both.fingerprint());
}

// A compiled schema, changed: what a programmer would get wrong in a schema file.
class ChangedSchema {
 public:
  explicit ChangedSchema(capnp::StructSchema original) {
    loader_.loadCompiledTypeAndDependencies<schema::Vocabulary>();
    loader_.loadCompiledTypeAndDependencies<schema::Frame>();
    message_.setRoot(original.getProto());
    node().setId(0xbadbadbadbadbad1);
  }
  capnp::schema::Node::Builder node() { return message_.getRoot<capnp::schema::Node>(); }
  void annotate_as_record(std::uint16_t number) {
    auto annotation = node().initAnnotations(1)[0];
    annotation.setId(static_cast<std::uint64_t>(AnnotationId::record));
    annotation.initValue().initStruct().initAs<schema::RecordRules>().setNumber(number);
  }
  Registry registry() { return Registry(std::array{loader_.load(node()).asStruct()}); }

 private:
  capnp::SchemaLoader loader_;
  capnp::MallocMessageBuilder message_;
};

TEST(RegistryReflectionDeathTest, ANumberUsedTwiceIsABug) {
  const capnp::StructSchema facility = capnp::Schema::from<schema::Facility>();
  EXPECT_DEATH(Registry(std::array{facility, facility}), "number is used twice");
}

TEST(RegistryReflectionDeathTest, AReferenceToNoRecordTypeIsABug) {
  const capnp::StructSchema growth = capnp::Schema::from<schema::GrowthMeasurement>();
  EXPECT_DEATH(Registry(std::array{growth}), "refersTo names no record type");
}

TEST(RegistryReflectionDeathTest, AUnionInARecordTypeIsABug) {
  ChangedSchema changed(capnp::Schema::from<schema::Frame>());
  changed.annotate_as_record(99);
  EXPECT_DEATH(changed.registry(), "a union");
}

TEST(RegistryReflectionDeathTest, AListInARecordTypeIsABug) {
  ChangedSchema changed(capnp::Schema::from<schema::Enrolled>());
  changed.annotate_as_record(99);
  EXPECT_DEATH(changed.registry(), "a type that no event can hold");
}

TEST(RegistryReflectionDeathTest, ARecordTypeWithoutANumberIsABug) {
  ChangedSchema changed(capnp::Schema::from<schema::Facility>());
  changed.annotate_as_record(0);
  EXPECT_DEATH(changed.registry(), "without a number");
}

TEST(RegistryReflectionDeathTest, APlainUInt64IsABug) {
  ChangedSchema changed(capnp::Schema::from<schema::Position>());
  changed.annotate_as_record(99);
  EXPECT_DEATH(changed.registry(), "refers to a record");
}

TEST(RegistryReflectionDeathTest, MoreThanSixtyFourFieldsAreABug) {
  ChangedSchema changed(capnp::Schema::from<schema::Position>());
  changed.annotate_as_record(99);
  auto held = changed.node().getStruct();
  auto fields = held.initFields(65);
  held.setDataWordCount(2);
  for (std::uint16_t i = 0; i < 65; ++i) {
    fields[i].setName("field" + std::to_string(i));
    fields[i].setCodeOrder(i);
    fields[i].getOrdinal().setExplicit(i);
    fields[i].initSlot().setOffset(i);
    fields[i].getSlot().initType().setBool();
    fields[i].getSlot().initDefaultValue().setBool(false);
  }
  EXPECT_DEATH(changed.registry(), "more than 64 fields");
}

TEST(RegistryReflection, AStructWithoutTheAnnotationIsNoRecordType) {
  const capnp::StructSchema position = capnp::Schema::from<schema::Position>();
  EXPECT_TRUE(Registry(std::array{position}).types().empty());
}

}  // namespace
}  // namespace titip
