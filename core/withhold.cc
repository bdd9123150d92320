// What a scoped subscriber may not have leaves a state here. The payload is not blotted out but
// built anew from what is known to be harmless, so that nothing that is not known gets through.

#include <capnp/any.h>
#include <capnp/message.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "core/capnp_bytes.hh"
#include "core/changes.hh"
#include "core/mutants.hh"
#include "core/payload.hh"
#include "core/payload_slot.hh"

namespace titip {

namespace {

std::string payload_with_only(FieldMask kept, const RecordType& type, const std::string& payload) {
  const PayloadView in(payload);
  const auto data_in = in->getDataSection();
  std::array<capnp::word, 128> scratch{};
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch.data(), scratch.size()));
  const auto shape = type.schema.getProto().getStruct();
  auto out = message.getRoot<capnp::AnyPointer>().initAsAnyStruct(shape.getDataWordCount(),
                                                                  shape.getPointerCount());
  for (const auto& field : type.fields) {
    if ((kept & field.bit()) == 0) continue;
    const auto slot = slot_of(field);
    if (field.kind == FieldKind::text) {
      const auto text = std::get<std::string>(read_field(field, in.get()));
      if (!text.empty()) out.getPointerSection()[slot].setAs<capnp::Text>(text_of(text));
    } else {
      auto data_out = out.getDataSection();
      write_slot({data_out.begin(), data_out.size()}, slot, field.bits,
                 read_slot({data_in.begin(), data_in.size()}, slot, field.bits));
    }
  }
  return canonical_bytes(out.asReader());
}

// A chain hash covers the bytes of its event, and the hash before it is another write's id: whoever
// has both can try out what was withheld. Ids that only the hash told apart stay apart.
void forget_hashes(RecordState& state) {
  std::map<std::tuple<Incarnation, Lane, Seq>, std::set<Hash>> named;
  const auto hashes_of = [&](const EventId& id) -> std::set<Hash>& {
    return named[{id.incarnation, id.lane, id.seq}];
  };
  for (const auto& write : state.writes) {
    hashes_of(write.id).insert(write.id.hash);
    for (const auto& settled : write.settles) hashes_of(settled).insert(settled.hash);
  }
  const auto forget = [&](EventId& id) {
    const auto& hashes = hashes_of(id);
    const auto place = std::distance(hashes.begin(), hashes.find(id.hash));
    id.hash = {static_cast<std::uint64_t>(place), 0};
  };
  for (auto& write : state.writes) {
    forget(write.id);
    for (auto& settled : write.settles) forget(settled);
    std::sort(write.settles.begin(), write.settles.end());
  }
}

}  // namespace

void withhold(RecordState& state, const RecordType* type, const Scope& scope) {
  if (!scope.withhold_identifying || mutant(Mutant::nothing_withheld)) return;
  FieldMask harmless = 0;
  if (type != nullptr) {
    for (const auto& field : type->fields) {
      if (!field.identifies) harmless |= field.bit();
    }
  }
  for (auto& write : state.writes) {
    // Whether a resolve set anything decides what it says of the record's life.
    const bool named = write.op == Op::resolve && type != nullptr && (write.fields & harmless) == 0;
    if (!named) write.fields &= harmless;
    write.live &= harmless;
    write.cleared &= harmless;
    write.by.clear();
    const auto kept = write.fields & ~write.cleared;
    write.payload = kept == 0 ? "" : payload_with_only(kept & harmless, *type, write.payload);
  }
  forget_hashes(state);
}

}  // namespace titip
