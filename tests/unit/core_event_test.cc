#include "core/event.hh"

#include <capnp/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "event_samples.hh"

namespace titip {
namespace {

using samples::opened;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    out += "0123456789abcdef"[code >> 4];
    out += "0123456789abcdef"[code & 0xf];
  }
  return out;
}

// Four words a line: the root pointer, the envelope, its pointers, `by`, `ref`, the payload.
constexpr std::string_view growth_hex =
    "000000000700030088776655443322110c0000001c020000e05a858d92010000"
    "8070848d9201000080ee36000000000007b00000000000001f00000000000000"
    "090000004a0000000d0000006200000010000000030000006b616465722d3033"
    "00000000000000006d792d6170702d38373331000000000001ffeeddccbbaa99"
    "2b4e0000f0230000db02000000000000";
constexpr std::string_view person_edit_hex =
    "000000000b0003008877665544332211030001001c020000e05a858d92010000"
    "e05a858d9201000080ee36000000000007b00000000000000200000000000000"
    "0080000000000000edfe00000000000067120000000000000c00000000000000"
    "090000004200000000000000000000000400000000000200626964616e2d3100"
    "0000000000000000010000007a000000596f736566696e61204d61c3b1750000";

TEST(Event, BytesOfAMeasurementNeverChange) { EXPECT_EQ(hex(samples::growth_event()), growth_hex); }

TEST(Event, BytesOfAnEditNeverChange) {
  EXPECT_EQ(hex(samples::person_edit_event()), person_edit_hex);
}

TEST(Event, EnvelopeSaysWhatDraftAndStampSaid) {
  const EventReader event = opened(samples::growth_event());
  const auto reader = event.get();
  EXPECT_EQ(event.record(), (RecordKey{12, samples::record_id}));
  EXPECT_EQ(event.op(), Op::create);
  EXPECT_EQ(reader.getZoneMinutes(), 540);
  EXPECT_EQ(reader.getAt(), samples::made_at);
  EXPECT_EQ(reader.getSaved(), samples::saved_at);
  EXPECT_EQ(reader.getUptime(), 3'600'000u);
  EXPECT_EQ(reader.getBoot(), 0xb007u);
  EXPECT_STREQ(reader.getBy().cStr(), "kader-03");
  EXPECT_STREQ(reader.getRef().cStr(), "my-app-8731");
  EXPECT_EQ(reader.getBasisEpoch(), 0u);
  EXPECT_EQ(reader.getClearedFields(), 0u);
}

TEST(Event, VersionBecomesTheBasis) {
  const EventReader event = opened(samples::person_edit_event());
  EXPECT_EQ(event.get().getBasisEpoch(), 0xfeedu);
  EXPECT_EQ(event.get().getBasisOffset(), 4711u);
  EXPECT_EQ(event.get().getSeen(), 12u);
  EXPECT_EQ(event.get().getClearedFields(), samples::field("Person", "phone").bit());
}

TEST(Event, AtIsTheTimeOfSavingAndZoneTheFacilitysIfNotSaid) {
  EventDraft draft = samples::growth();
  draft.at.reset();
  draft.zone_minutes.reset();
  EventStamp stamp = samples::growth_stamp();
  stamp.zone_minutes = -480;
  const EventReader event = opened(make_event(draft, stamp));
  EXPECT_EQ(event.get().getAt(), samples::saved_at);
  EXPECT_EQ(event.get().getZoneMinutes(), -480);
}

TEST(Event, BytesDoNotDependOnTheOrderOfFields) {
  EventDraft reversed = samples::growth();
  std::reverse(reversed.set.begin(), reversed.set.end());
  EXPECT_EQ(make_event(reversed, samples::growth_stamp()), samples::growth_event());
}

TEST(Event, ReferencesAreResolvedInTheDraftsOrder) {
  const FieldRules& person = samples::field("HomeVisit", "person");
  const FieldRules& sign = samples::field("HomeVisit", "dangerSign");
  EventDraft draft;
  draft.type = &samples::type("HomeVisit");
  draft.set = {{&sign, RecordReference{0, "b"}}, {&person, RecordReference{7, {}}}};
  EventStamp stamp = samples::stamp();
  stamp.references = {42, 7};
  const EventReader event = opened(make_event(draft, stamp));
  EXPECT_EQ(std::get<RecordReference>(read_field(sign, event.payload())).id, 42u);
  EXPECT_EQ(std::get<RecordReference>(read_field(person, event.payload())).id, 7u);
}

TEST(Event, LinkNamesTheOtherRecordAndHasNoPayload) {
  EventDraft draft;
  draft.type = &samples::type("Person");
  draft.op = Op::link;
  EventStamp stamp = samples::stamp();
  stamp.other = samples::person_id;
  const EventReader event = opened(make_event(draft, stamp));
  EXPECT_EQ(event.op(), Op::link);
  EXPECT_EQ(event.get().getOther(), samples::person_id);
  EXPECT_FALSE(event.get().hasPayload());
  EXPECT_EQ(event.payload().getDataSection().size(), 0u);
}

TEST(Event, ResolveNamesWhatItSettles) {
  EventDraft draft = samples::person_edit();
  draft.op = Op::resolve;
  draft.settles = {{1, 2, {3, 4}, Lane::urgent}, {5, 6, {7, 8}, Lane::routine}};
  const EventReader event = opened(make_event(draft, samples::stamp()));
  const auto settles = event.get().getSettles();
  ASSERT_EQ(settles.size(), 2u);
  EXPECT_EQ(settles[0].getIncarnation(), 1u);
  EXPECT_EQ(settles[0].getSeq(), 2u);
  EXPECT_EQ(settles[0].getHashLow(), 3u);
  EXPECT_EQ(settles[0].getHashHigh(), 4u);
  EXPECT_EQ(settles[0].getLane(), schema::Lane::URGENT);
  EXPECT_EQ(settles[1].getSeq(), 6u);
}

enum class Extreme { lowest, highest };

FieldValue sample_value(const FieldRules& field, Extreme extreme) {
  const bool high = extreme == Extreme::highest;
  switch (field.kind) {
    case FieldKind::boolean: return high;
    case FieldKind::text: return high ? field.name + " \xe2\x82\xac" : std::string();
    case FieldKind::record: return RecordReference{high ? ~RecordId{0} : 1, {}};
    case FieldKind::enumeration:
      return high ? static_cast<std::int64_t>(field.enumerants.size()) - 1 : std::int64_t{0};
    case FieldKind::integer:
    case FieldKind::date:
    case FieldKind::time: break;
  }
  const int value_bits = field.is_signed || field.bits == 64 ? field.bits - 1 : field.bits;
  const auto highest = static_cast<std::int64_t>((std::uint64_t{1} << value_bits) - 1);
  if (high) return highest;
  return field.is_signed ? -highest - 1 : 0;
}

void expect_same(const FieldRules& field, const FieldValue& read, const FieldValue& written) {
  ASSERT_EQ(read.index(), written.index()) << field.name;
  if (const auto* reference = std::get_if<RecordReference>(&written)) {
    EXPECT_EQ(std::get<RecordReference>(read).id, reference->id) << field.name;
  } else if (const auto* text = std::get_if<std::string>(&written)) {
    EXPECT_EQ(std::get<std::string>(read), *text) << field.name;
  } else if (const auto* is = std::get_if<bool>(&written)) {
    EXPECT_EQ(std::get<bool>(read), *is) << field.name;
  } else {
    EXPECT_EQ(std::get<std::int64_t>(read), std::get<std::int64_t>(written)) << field.name;
  }
}

void expect_round_trip(const RecordType& type, Extreme even, Extreme odd) {
  SCOPED_TRACE(type.name);
  EventDraft draft;
  draft.type = &type;
  EventStamp stamp = samples::stamp();
  for (const FieldRules& field : type.fields) {
    draft.set.emplace_back(&field, sample_value(field, field.index % 2 == 0 ? even : odd));
    const auto* reference = std::get_if<RecordReference>(&draft.set.back().second);
    if (reference != nullptr) stamp.references.push_back(reference->id);
  }
  const EventReader event = opened(make_event(draft, stamp));
  for (const auto& [field, value] : draft.set) {
    expect_same(*field, read_field(*field, event.payload()), value);
  }
}

TEST(Event, EveryFieldOfEveryTypeSurvives) {
  for (const RecordType& type : Registry::ilp().types()) {
    expect_round_trip(type, Extreme::highest, Extreme::highest);
    expect_round_trip(type, Extreme::lowest, Extreme::lowest);
    expect_round_trip(type, Extreme::highest, Extreme::lowest);
    expect_round_trip(type, Extreme::lowest, Extreme::highest);
  }
}

TEST(Event, FieldsBeyondAnOlderPayloadReadAsNothing) {
  EventDraft draft;
  draft.type = &samples::type("Person");
  draft.op = Op::retract;
  const EventReader event = opened(make_event(draft, samples::stamp()));
  for (const FieldRules& field : draft.type->fields) {
    FieldValue nothing = sample_value(field, Extreme::lowest);
    if (field.kind == FieldKind::record) nothing = RecordReference{};
    if (std::holds_alternative<std::int64_t>(nothing)) nothing = std::int64_t{0};
    expect_same(field, read_field(field, event.payload()), nothing);
  }
}

// An event of a newer schema: two more words of numbers, and two more pointers, one to a list.
std::string event_from_the_future() {
  capnp::MallocMessageBuilder message;
  auto event = message.initRoot<schema::Event>();
  event.setRecord(samples::record_id);
  event.setType(samples::type("GrowthMeasurement").number);
  event.setSetFields(samples::field("GrowthMeasurement", "weightGrams").bit() | FieldMask{1} << 63);
  const auto shape = samples::type("GrowthMeasurement").schema.getProto().getStruct();
  auto payload =
      event.getPayload().initAsAnyStruct(static_cast<std::uint16_t>(shape.getDataWordCount() + 2),
                                         static_cast<std::uint16_t>(shape.getPointerCount() + 2));
  auto data = payload.getDataSection();
  data[data.size() - 1] = 0x7f;
  auto pointers = payload.getPointerSection();
  pointers[shape.getPointerCount()].setAs<capnp::Text>("baru");
  pointers[shape.getPointerCount() + 1].initAs<capnp::List<std::uint64_t>>(3).set(2, 99);
  const auto words = capnp::canonicalize(event.asReader());
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

TEST(Event, UnknownFieldsAreCarriedUntouched) {
  const std::string bytes = event_from_the_future();
  const EventReader event = opened(bytes);
  EXPECT_EQ(event.bytes(), bytes);
  const auto words = capnp::canonicalize(event.get());
  const auto again = words.asBytes();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(again.begin()), again.size()), bytes);
  EXPECT_EQ(std::get<std::int64_t>(
                read_field(samples::field("GrowthMeasurement", "weightGrams"), event.payload())),
            0);
}

TEST(Event, ReaderOutlivesTheBytesAndItsOwnMove) {
  std::optional<EventReader> moved;
  {
    std::string bytes = samples::growth_event();
    EventReader event = opened(bytes);
    bytes.assign(bytes.size(), '\xff');
    moved = std::move(event);
  }
  EXPECT_EQ(hex(moved->bytes()), growth_hex);
  EXPECT_EQ(moved->record().id, samples::record_id);
}

TEST(Event, ReadingOneEventManyTimesMeetsNoLimit) {
  const EventReader event = opened(samples::person_edit_event());
  const FieldRules& name = samples::field("Person", "name");
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(std::get<std::string>(read_field(name, event.payload())).size(), 14u);
  }
}

}  // namespace
}  // namespace titip
