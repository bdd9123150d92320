#include <capnp/any.h>
#include <capnp/message.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>
#include <vector>

#include "core/event.hh"
#include "core/limits.hh"
#include "core/print_json.hh"
#include "event_samples.hh"

namespace titip {
namespace {

using Build = std::function<void(schema::Event::Builder)>;
using Words = std::vector<std::uint64_t>;

std::string canonical(const Build& build) {
  capnp::MallocMessageBuilder message;
  auto event = message.initRoot<schema::Event>();
  event.setRecord(samples::record_id);
  event.setType(12);
  build(event);
  const auto words = capnp::canonicalize(event.asReader());
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

bool opens(const Build& build) { return EventReader::open(canonical(build)).has_value(); }

std::string bytes_of(const Words& words) {
  std::string bytes(words.size() * 8, '\0');
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

Words words_of(const std::string& bytes) {
  Words words(bytes.size() / 8);
  std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

// Looks at everything that a node would look at; true if the event opened.
bool read_whole(std::string_view bytes) {
  const auto event = EventReader::open(bytes);
  if (!event) return false;
  EXPECT_EQ(event->bytes(), bytes);
  event_line(*event, Registry::ilp(), {}, {});
  for (const RecordType& type : Registry::ilp().types()) {
    for (const FieldRules& field : type.fields) read_field(field, event->payload());
  }
  return true;
}

// splitmix64: the same garbage on every machine.
class Random {
 public:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_ = 20241015;
};

std::array<std::string, 3> good_events() {
  EventDraft resolve = samples::person_edit();
  resolve.op = Op::resolve;
  resolve.settles = {{1, 2, {3, 4}, Lane::urgent}, {5, 6, {7, 8}, Lane::routine}};
  return {samples::growth_event(), samples::person_edit_event(),
          make_event(resolve, samples::person_edit_stamp())};
}

TEST(HostileEvent, EmptyOddAndOversizedAreRefused) {
  EXPECT_FALSE(EventReader::open(""));
  EXPECT_FALSE(EventReader::open("1234567"));
  EXPECT_FALSE(EventReader::open(std::string(8, '\0')));
  EXPECT_FALSE(EventReader::open(std::string(limits::event_bytes_max + 8, '\0')));
}

TEST(HostileEvent, EveryTruncationIsRefused) {
  for (const std::string& bytes : good_events()) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(EventReader::open(bytes.substr(0, size))) << size;
    }
  }
}

TEST(HostileEvent, TrailingWordsAreRefused) {
  for (const std::string& bytes : good_events()) {
    EXPECT_FALSE(EventReader::open(bytes + std::string(8, '\0')));
    EXPECT_FALSE(EventReader::open(bytes + bytes));
  }
}

TEST(HostileEvent, EverySingleFlippedBitIsReadSafely) {
  for (std::string bytes : good_events()) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      const auto mask = static_cast<char>(1 << (bit % 8));
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
      read_whole(bytes);
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
    }
  }
}

TEST(HostileEvent, RandomPointersAreReadSafely) {
  Random random;
  std::size_t opened = 0;
  const auto events = good_events();
  for (int round = 0; round < 20'000; ++round) {
    Words words = words_of(events[random.below(events.size())]);
    for (std::uint64_t i = random.below(3) + 1; i > 0; --i) {
      // Small numbers in each half make pointers that lead somewhere.
      words[random.below(words.size())] = random.below(256) | random.below(1024) << 32;
    }
    if (read_whole(bytes_of(words))) ++opened;
  }
  EXPECT_GT(opened, 0u);
}

TEST(HostileEvent, NoiseIsReadSafely) {
  Random random;
  for (int round = 0; round < 5'000; ++round) {
    Words words(random.below(40) + 1);
    for (auto& word : words) word = random.next() & random.next() & random.next();
    EXPECT_FALSE(read_whole(bytes_of(words)));
  }
}

// A root of no numbers and four pointers, of which the one at `slot` is `pointer`.
std::string with_pointer(std::size_t slot, std::uint64_t pointer) {
  Words words = words_of(canonical([](schema::Event::Builder event) {
    event.setSeen(1);
    event.initSettles(1)[0].setSeq(1);
  }));
  const std::size_t data_words = (words[0] >> 32) & 0xffff;
  words[1 + data_words + slot] = pointer;
  return bytes_of(words);
}

TEST(HostileEvent, CapabilityFarAndUnknownPointersAreRefused) {
  constexpr std::uint64_t capability = 3;
  constexpr std::uint64_t far_pointer = 2;
  constexpr std::uint64_t double_far = 6;
  constexpr std::uint64_t unknown = 7;
  for (std::size_t slot = 0; slot < 4; ++slot) {
    for (const std::uint64_t pointer : {capability, far_pointer, double_far, unknown}) {
      EXPECT_FALSE(EventReader::open(with_pointer(slot, pointer))) << slot << ' ' << pointer;
    }
  }
}

TEST(HostileEvent, NonCanonicalFormIsRefused) {
  // Not truncated: a message as a builder lays it out, with all of the root's words.
  capnp::MallocMessageBuilder message;
  message.initRoot<schema::Event>().setRecord(samples::record_id);
  const auto bytes = message.getSegmentsForOutput()[0].asBytes();
  EXPECT_FALSE(EventReader::open({reinterpret_cast<const char*>(bytes.begin()), bytes.size()}));
}

TEST(HostileEvent, SpareBitsOfAListsTagAreRefused) {
  Words words = words_of(
      canonical([](schema::Event::Builder event) { event.initSettles(1)[0].setIncarnation(1); }));
  std::uint64_t& tag = words[words.size() - 2];
  ASSERT_EQ(tag, std::uint64_t{1} << 32 | 1 << 2);
  tag |= std::uint64_t{1} << 31;
  EXPECT_FALSE(EventReader::open(bytes_of(words)));
}

TEST(HostileEvent, ARecordAndAKnownOpAreNeeded) {
  EXPECT_TRUE(opens([](auto) {}));
  EXPECT_FALSE(opens([](auto event) { event.setRecord(0); }));
  EXPECT_FALSE(opens([](auto event) { event.setOp(static_cast<schema::Op>(6)); }));
  EXPECT_FALSE(opens([](auto event) { event.setOp(static_cast<schema::Op>(256)); }));
}

TEST(HostileEvent, AFieldIsNotBothSetAndCleared) {
  EXPECT_FALSE(opens([](auto event) {
    event.setSetFields(6);
    event.setClearedFields(2);
  }));
}

TEST(HostileEvent, TextsAreUtf8AndBounded) {
  const auto long_by = [](std::size_t size) {
    return opens([size](auto event) { event.setBy(std::string(size, 'b').c_str()); });
  };
  const auto long_ref = [](std::size_t size) {
    return opens([size](auto event) { event.setRef(std::string(size, 'r').c_str()); });
  };
  EXPECT_TRUE(long_by(limits::author_bytes_max));
  EXPECT_FALSE(long_by(limits::author_bytes_max + 1));
  EXPECT_TRUE(long_ref(limits::ref_bytes_max));
  EXPECT_FALSE(long_ref(limits::ref_bytes_max + 1));
  EXPECT_FALSE(opens([](auto event) { event.setBy("\xc0\x80"); }));
  EXPECT_FALSE(opens([](auto event) { event.setRef("\xed\xa0\x80"); }));
}

TEST(HostileEvent, PayloadTextsAreUtf8AndEnd) {
  const auto with_bytes = [](capnp::Data::Reader data) {
    return opens([data](auto event) {
      auto pointers = event.getPayload().initAsAnyStruct(0, 1).getPointerSection();
      pointers[0].template setAs<capnp::Data>(data);
    });
  };
  const std::array<kj::byte, 3> ends{'o', 'k', 0};
  const std::array<kj::byte, 3> runs_on{'o', 'k', '!'};
  const std::array<kj::byte, 3> broken{0xc3, 0x28, 0};
  EXPECT_TRUE(with_bytes(kj::arrayPtr(ends.data(), ends.size())));
  EXPECT_FALSE(with_bytes(kj::arrayPtr(runs_on.data(), runs_on.size())));
  EXPECT_FALSE(with_bytes(kj::arrayPtr(broken.data(), broken.size())));
}

TEST(HostileEvent, PayloadIsAStruct) {
  EXPECT_FALSE(opens([](auto event) { event.getPayload().template setAs<capnp::Text>("text"); }));
  EXPECT_FALSE(opens([](auto event) {
    event.getPayload().template initAs<capnp::List<std::uint64_t>>(1).set(0, 1);
  }));
}

TEST(HostileEvent, ATextFieldThatPointsToSomethingElseReadsEmpty) {
  const FieldRules& name = samples::field("Person", "name");
  const std::string bytes = canonical([](schema::Event::Builder event) {
    auto pointers = event.getPayload().initAsAnyStruct(0, 6).getPointerSection();
    for (auto pointer : pointers) pointer.initAs<capnp::List<std::uint32_t>>(3).set(1, 5);
  });
  const auto event = EventReader::open(bytes);
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<std::string>(read_field(name, event->payload())), "");
}

TEST(HostileEvent, DeepNestingIsRefused) {
  EXPECT_FALSE(opens([](schema::Event::Builder event) {
    auto inner = event.getPayload().initAsAnyStruct(0, 1);
    for (int depth = 0; depth < limits::nesting_max; ++depth) {
      inner = inner.getPointerSection()[0].initAsAnyStruct(0, 1);
    }
    inner.getPointerSection()[0].setAs<capnp::Text>("deep");
  }));
}

// An event whose `settles` is a list of `count` structs of no words.
std::string with_empty_structs(std::uint64_t count) {
  constexpr std::uint64_t composite_list = 1 | std::uint64_t{7} << 32;
  Words words = words_of(with_pointer(3, composite_list));
  words.resize(words.size() - 2);
  words.back() = count << 2;  // the list's tag
  return bytes_of(words);
}

TEST(HostileEvent, ListsThatCostNothingAreRefused) {
  const std::size_t words = with_empty_structs(1).size() / 8;
  EXPECT_TRUE(EventReader::open(with_empty_structs(words)));
  EXPECT_FALSE(EventReader::open(with_empty_structs(words + 1)));
  EXPECT_FALSE(EventReader::open(with_empty_structs(std::uint64_t{1} << 28)));
}

TEST(HostileEvent, ListsOfNumbersAreNotEventIds) {
  const std::string bytes = canonical([](schema::Event::Builder event) {
    auto pointers = capnp::AnyStruct::Builder(kj::mv(event)).getPointerSection();
    pointers[3].initAs<capnp::List<std::uint64_t>>(2).set(1, 7);
  });
  EXPECT_FALSE(EventReader::open(bytes));
}

}  // namespace
}  // namespace titip
