// schema::RecordState and back. The struct names what a field no longer holds rather than what it
// holds: that is nothing for most writes, and canonical form leaves out what is nothing at the end.

#include "core/record_state_codec.hh"

#include <algorithm>
#include <iterator>

#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/limits.hh"
#include "core/outside.hh"

namespace titip {

namespace {

using outside::require;

void put(schema::Position::Builder out, const Position& position) {
  out.setEpoch(position.epoch);
  out.setOffset(position.offset);
}

void put(schema::EventId::Builder out, const EventId& id) {
  out.setIncarnation(id.incarnation);
  out.setSeq(id.seq);
  out.setHashLow(id.hash.low);
  out.setHashHigh(id.hash.high);
  out.setLane(static_cast<schema::Lane>(id.lane));
}

template <typename List, typename Values>
void put_all(List out, const Values& values) {
  for (unsigned i = 0; i < out.size(); ++i) put(out[i], values[i]);
}

void put(schema::Write::Builder out, const Write& write) {
  put(out.initId(), write.id);
  out.setCarrier(write.carrier);
  if (!write.placements.empty()) {
    put_all(out.initPlacements(static_cast<unsigned>(write.placements.size())), write.placements);
  }
  if (write.basis != Position{}) put(out.initBasis(), write.basis);
  out.setSeen(write.seen);
  out.setLive(write.live);
  out.setSuperseded(write.fields & ~write.live);
  out.setCleared(write.cleared);
  out.setAliveLive(write.alive_live);
  out.setOther(write.other);
  out.setCorrectedTime(write.order.corrected_time);
  out.setConfidence(static_cast<schema::Confidence>(write.order.confidence));
  out.setRank(write.order.rank);
  out.setOp(static_cast<schema::Op>(write.op));
  out.setOrigin(write.origin);
  if (!write.by.empty()) out.setBy(text_of(write.by));
  if (!write.facility.empty()) out.setFacility(text_of(write.facility));
  out.setAt(write.at);
  out.setZoneMinutes(write.zone_minutes);
  if (!write.settles.empty()) {
    put_all(out.initSettles(static_cast<unsigned>(write.settles.size())), write.settles);
  }
  if (!write.payload.empty()) {
    const StoredReader<capnp::AnyStruct> payload(write.payload);
    out.getPayload().setAs<capnp::AnyStruct>(payload.get());
  }
}

// Reads a state that may come from anywhere, out of a message that is canonical; throws
// outside::Malformed.
class StateReader {
 public:
  // A list of empty structs costs no bytes however long it is, so all lists together are bounded.
  explicit StateReader(kj::ArrayPtr<const capnp::word> message)
      : message_(message), items_left_(message.asBytes().size()) {}

  RecordState read(schema::RecordState::Reader in) {
    RecordState state;
    state.as_of = position(in.getAsOf());
    state.under_review = in.getUnderReview();
    state.changed = in.getChanged();
    state.whole_under_review = in.getWholeUnderReview();
    state.writes =
        all<Write>(in.getWrites(), [&](schema::Write::Reader each) { return one_write(each); });
    require(ascending(state.writes, [](const Write& write) { return write.id; }));
    return state;
  }

 private:
  template <typename Value, typename List, typename ReadOne>
  std::vector<Value> all(List list, ReadOne read_one) {
    require(list.size() <= items_left_);
    items_left_ -= list.size();
    std::vector<Value> out;
    out.reserve(list.size());
    for (const auto item : list) out.push_back(read_one(item));
    return out;
  }

  template <typename Items, typename IdOf>
  static bool ascending(const Items& items, IdOf id_of) {
    return std::adjacent_find(items.begin(), items.end(), [&](const auto& one, const auto& next) {
             return !(id_of(one) < id_of(next));
           }) == items.end();
  }

  static Position position(schema::Position::Reader in) { return {in.getEpoch(), in.getOffset()}; }

  static EventId event_id(schema::EventId::Reader in) {
    require(in.getLane() == schema::Lane::ROUTINE || in.getLane() == schema::Lane::URGENT);
    return {in.getIncarnation(),
            in.getSeq(),
            {in.getHashLow(), in.getHashHigh()},
            static_cast<Lane>(in.getLane())};
  }

  std::string payload(schema::Write::Reader in) const {
    if (!in.hasPayload()) return {};
    require(outside::valid_payload(in.getPayload()));
    return canonical_part(in.getPayload().getAs<capnp::AnyStruct>(), message_);
  }

  Write one_write(schema::Write::Reader in) {
    require(in.getOp() <= schema::Op::RESOLVE);
    require(in.getConfidence() <= schema::Confidence::CLAMPED);
    require((in.getLive() & in.getSuperseded()) == 0);
    Write write;
    write.id = event_id(in.getId());
    write.carrier = in.getCarrier();
    write.placements = all<Position>(in.getPlacements(), position);
    write.basis = position(in.getBasis());
    write.seen = in.getSeen();
    write.live = in.getLive();
    write.fields = write.live | in.getSuperseded();
    write.cleared = in.getCleared();
    require((write.cleared & ~write.fields) == 0);
    write.alive_live = in.getAliveLive();
    write.op = static_cast<Op>(in.getOp());
    write.other = in.getOther();
    require(write.other == 0 || write.of_pair());
    write.order = {in.getCorrectedTime(), static_cast<Confidence>(in.getConfidence()),
                   in.getRank()};
    write.origin = in.getOrigin();
    write.by = outside::text(in.getBy(), limits::author_bytes_max);
    write.facility = outside::text(in.getFacility(), limits::facility_code_bytes_max);
    write.at = in.getAt();
    write.zone_minutes = in.getZoneMinutes();
    write.settles = all<EventId>(in.getSettles(), event_id);
    require(ascending(write.settles, [](const EventId& id) { return id; }));
    write.payload = payload(in);
    return write;
  }

  kj::ArrayPtr<const capnp::word> message_;
  std::size_t items_left_;
};

}  // namespace

void write_record_state(const RecordState& state, schema::RecordState::Builder out) {
  if (state.as_of != Position{}) put(out.initAsOf(), state.as_of);
  auto writes = out.initWrites(static_cast<unsigned>(state.writes.size()));
  for (unsigned i = 0; i < writes.size(); ++i) put(writes[i], state.writes[i]);
  out.setUnderReview(state.under_review);
  out.setChanged(state.changed);
  out.setWholeUnderReview(state.whole_under_review);
}

RecordState read_record_state(schema::RecordState::Reader in,
                              kj::ArrayPtr<const capnp::word> message) {
  return StateReader(message).read(in);
}

std::string encode_record_state(const RecordState& state) {
  // Zeroed by us, as MallocMessageBuilder asks of a first segment that is lent to it.
  capnp::word scratch[256] = {};
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch, std::size(scratch)));
  auto root = message.initRoot<schema::RecordState>();
  write_record_state(state, root);
  return canonical_bytes(root.asReader());
}

RecordState decode_record_state(std::string_view bytes) {
  const StoredReader<schema::RecordState> in(bytes);
  try {
    return read_record_state(in.get(), in.words());
  } catch (const outside::Malformed&) {
    check(false, "a stored record is malformed");
    return {};
  }
}

}  // namespace titip
