// The name of what a draft says. Its serialisation is fixed for as long as a store holds refs: a
// retry may come after an update of the program.
//
//   numbers are 8 bytes little-endian; a text is its length, then its bytes; a reference is its id,
//   then its ref; what may be absent is preceded by 0 or 1.
//   type  op  record  ref  by  at?  zone?  cleared  version?(epoch offset seen)  other
//   settles: count, then (incarnation lane seq hash-low hash-high) each
//   set: count, then by rising field index: index, kind of value (its place in FieldValue), value
//   note, if there is one: drafts without one are named as before there were notes

#include <algorithm>
#include <array>

#include "core/chain.hh"
#include "core/check.hh"
#include "core/event.hh"

namespace titip {

namespace {

class Content {
 public:
  void number(std::uint64_t value) {
    std::array<char, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(value >> (8 * i));
    bytes_.append(bytes.data(), bytes.size());
  }
  void integer(std::int64_t value) { number(static_cast<std::uint64_t>(value)); }
  void text(std::string_view value) {
    number(value.size());
    bytes_.append(value);
  }
  void reference(const RecordReference& value) {
    number(value.id);
    text(value.ref);
  }
  template <typename T, typename Write>
  void maybe(const std::optional<T>& value, Write write) {
    number(value ? 1 : 0);
    if (value) write(*value);
  }
  void value(const FieldValue& value) {
    number(value.index());
    if (const auto* is = std::get_if<bool>(&value)) number(*is ? 1 : 0);
    if (const auto* of_integer = std::get_if<std::int64_t>(&value)) integer(*of_integer);
    if (const auto* of_text = std::get_if<std::string>(&value)) text(*of_text);
    if (const auto* of_record = std::get_if<RecordReference>(&value)) reference(*of_record);
  }
  std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace

Hash draft_content(const EventDraft& draft) {
  check(draft.type != nullptr, "a draft has a type");
  Content content;
  content.number(draft.type->number);
  content.number(static_cast<std::uint64_t>(draft.op));
  content.reference(draft.record);
  content.text(draft.ref);
  content.text(draft.by);
  content.maybe(draft.at, [&](TimeMs at) { content.integer(at); });
  content.maybe(draft.zone_minutes, [&](std::int16_t zone) { content.integer(zone); });
  content.number(draft.cleared);
  content.maybe(draft.version, [&](const Version& version) {
    content.number(version.as_of.epoch);
    content.number(version.as_of.offset);
    content.number(version.seen);
  });
  content.reference(draft.other);
  content.number(draft.settles.size());
  for (const EventId& id : draft.settles) {
    content.number(id.incarnation);
    content.number(static_cast<std::uint64_t>(id.lane));
    content.number(id.seq);
    content.number(id.hash.low);
    content.number(id.hash.high);
  }
  std::vector<const std::pair<const FieldRules*, FieldValue>*> set;
  set.reserve(draft.set.size());
  for (const auto& entry : draft.set) set.push_back(&entry);
  std::sort(set.begin(), set.end(),
            [](const auto* a, const auto* b) { return a->first->index < b->first->index; });
  content.number(set.size());
  for (const auto* entry : set) {
    content.number(entry->first->index);
    content.value(entry->second);
  }
  if (!draft.note.empty()) content.text(draft.note);
  return blake2b("titip draft", content.bytes());
}

}  // namespace titip
