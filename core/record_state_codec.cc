// schema::RecordState and back. The struct names what a field no longer holds rather than what it
// holds: that is nothing for most writes, and canonical form leaves out what is nothing at the end.

#include <iterator>

#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/record_state.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

void put(schema::Position::Builder out, const Position& position) {
  out.setEpoch(position.epoch);
  out.setOffset(position.offset);
}

Position get(schema::Position::Reader in) { return {in.getEpoch(), in.getOffset()}; }

void put(schema::EventId::Builder out, const EventId& id) {
  out.setIncarnation(id.incarnation);
  out.setSeq(id.seq);
  out.setHashLow(id.hash.low);
  out.setHashHigh(id.hash.high);
  out.setLane(static_cast<schema::Lane>(id.lane));
}

EventId get(schema::EventId::Reader in) {
  return {in.getIncarnation(),
          in.getSeq(),
          {in.getHashLow(), in.getHashHigh()},
          static_cast<Lane>(in.getLane())};
}

template <typename List, typename Values>
void put_all(List out, const Values& values) {
  for (unsigned i = 0; i < out.size(); ++i) put(out[i], values[i]);
}

void put(schema::Write::Builder out, const Write& write) {
  put(out.initId(), write.id);
  if (!write.placements.empty()) {
    put_all(out.initPlacements(static_cast<unsigned>(write.placements.size())), write.placements);
  }
  if (write.basis != Position{}) put(out.initBasis(), write.basis);
  out.setSeen(write.seen);
  out.setLive(write.live);
  out.setSuperseded(write.fields & ~write.live);
  out.setCleared(write.cleared);
  out.setAliveLive(write.alive_live);
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

Write get(schema::Write::Reader in) {
  Write write;
  write.id = get(in.getId());
  for (const auto placement : in.getPlacements()) write.placements.push_back(get(placement));
  write.basis = get(in.getBasis());
  write.seen = in.getSeen();
  write.live = in.getLive();
  write.fields = write.live | in.getSuperseded();
  write.cleared = in.getCleared();
  write.alive_live = in.getAliveLive();
  write.op = static_cast<Op>(in.getOp());
  write.order = {in.getCorrectedTime(), static_cast<Confidence>(in.getConfidence()), in.getRank()};
  write.origin = in.getOrigin();
  write.by = view_of(in.getBy());
  write.facility = view_of(in.getFacility());
  write.at = in.getAt();
  write.zone_minutes = in.getZoneMinutes();
  for (const auto id : in.getSettles()) write.settles.push_back(get(id));
  if (in.hasPayload()) {
    const auto words = in.getPayload().getAs<capnp::AnyStruct>().canonicalize();
    write.payload.assign(words.asChars().begin(), words.asChars().size());
  }
  return write;
}

}  // namespace

std::string encode_record_state(const RecordState& state) {
  // Zeroed by us, as MallocMessageBuilder asks of a first segment that is lent to it.
  capnp::word scratch[256] = {};
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch, std::size(scratch)));
  auto root = message.initRoot<schema::RecordState>();
  if (state.as_of != Position{}) put(root.initAsOf(), state.as_of);
  auto writes = root.initWrites(static_cast<unsigned>(state.writes.size()));
  for (unsigned i = 0; i < writes.size(); ++i) put(writes[i], state.writes[i]);
  root.setUnderReview(state.under_review);
  const auto flat = capnp::canonicalize(root.asReader());
  return {flat.asChars().begin(), flat.asChars().size()};
}

RecordState decode_record_state(std::string_view bytes) {
  const StoredReader<schema::RecordState> in(bytes);
  RecordState state;
  state.as_of = get(in->getAsOf());
  state.under_review = in->getUnderReview();
  state.writes.reserve(in->getWrites().size());
  for (const auto write : in->getWrites()) state.writes.push_back(get(write));
  return state;
}

}  // namespace titip
