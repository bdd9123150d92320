// schema::HubEntry and back, and the chain over the entries of a hub's journal.

#include "core/capnp_bytes.hh"
#include "core/chain.hh"
#include "core/hub_journal.hh"
#include "core/outside.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

using outside::require;

using EntryBuilder = StoredBuilder<schema::HubEntry>;

// Everything but the hash.
void write_entry(const HubEntry& entry, EntryBuilder& out) {
  out->setEvent(data_of(entry.event));
  out->setOrigin(entry.origin);
  auto born = out->initBorn();
  born.setIncarnation(entry.born.incarnation);
  born.setSeq(entry.born.seq);
  born.setHashLow(entry.born.hash.low);
  born.setHashHigh(entry.born.hash.high);
  born.setLane(static_cast<schema::Lane>(entry.born.lane));
  out->setReceivedAt(entry.received_at);
  out->setCorrectedTime(entry.order.corrected_time);
  out->setConfidence(static_cast<schema::Confidence>(entry.order.confidence));
  out->setRank(entry.order.rank);
  out->setQuarantined(entry.quarantined);
  out->setFacility(text_of(entry.facility));
  out->setEpoch(entry.epoch);
  out->setForged(entry.forged);
  out->setCarrier(entry.carrier);
  out->setCarrierHashLow(entry.carrier_hash.low);
  out->setCarrierHashHigh(entry.carrier_hash.high);
  if (entry.former.empty()) return;
  auto former = out->initFormer(static_cast<unsigned>(entry.former.size()));
  for (unsigned i = 0; i < former.size(); ++i) {
    former[i].setEpoch(entry.former[i].epoch);
    former[i].setOffset(entry.former[i].offset);
  }
}

// Of a builder's first segment.
std::size_t size_hint(const HubEntry& entry) {
  return entry.event.size() + 512 + entry.former.size() * 16;
}

HubEntry read_entry(schema::HubEntry::Reader in) {
  const auto born = in.getBorn();
  require(born.getLane() == schema::Lane::ROUTINE || born.getLane() == schema::Lane::URGENT);
  require(in.getConfidence() <= schema::Confidence::CLAMPED);
  require(in.getRank() <= static_cast<std::uint8_t>(FacilityKind::district));
  HubEntry entry;
  entry.event = view_of(in.getEvent());
  entry.origin = in.getOrigin();
  entry.born = {born.getIncarnation(),
                born.getSeq(),
                {born.getHashLow(), born.getHashHigh()},
                static_cast<Lane>(born.getLane())};
  entry.received_at = in.getReceivedAt();
  entry.order = {in.getCorrectedTime(), static_cast<Confidence>(in.getConfidence()), in.getRank()};
  entry.facility = outside::text(in.getFacility(), limits::facility_code_bytes_max);
  entry.quarantined = in.getQuarantined();
  entry.epoch = in.getEpoch();
  entry.forged = in.getForged();
  entry.carrier = in.getCarrier();
  entry.carrier_hash = {in.getCarrierHashLow(), in.getCarrierHashHigh()};
  require(in.getFormer().size() <= limits::former_positions_max);
  for (const auto position : in.getFormer()) {
    entry.former.push_back({position.getEpoch(), position.getOffset()});
  }
  entry.hash = {in.getHashLow(), in.getHashHigh()};
  return entry;
}

}  // namespace

Hash hub_chain_start() { return blake2b("titip hub journal", {}); }

Hash hub_chain_next(const Hash& before, const HubEntry& entry) {
  return chain_next(before, encode_hub_entry(entry));
}

std::string stored_hub_entry(const HubEntry& entry) {
  EntryBuilder out(size_hint(entry));
  write_entry(entry, out);
  out->setHashLow(entry.hash.low);
  out->setHashHigh(entry.hash.high);
  return out.bytes();
}

std::string chain_hub_entry(const Hash& before, HubEntry& entry) {
  EntryBuilder out(size_hint(entry));
  write_entry(entry, out);
  entry.hash = chain_next(before, out.canonical_bytes());
  out->setHashLow(entry.hash.low);
  out->setHashHigh(entry.hash.high);
  return out.bytes();
}

HubEntry decode_hub_entry(std::uint64_t offset, std::string_view value) {
  const StoredReader<schema::HubEntry> in(value);
  try {
    auto entry = read_entry(in.get());
    entry.offset = offset;
    return entry;
  } catch (const outside::Malformed&) {
    check(false, "a stored entry of the journal is malformed");
    return {};
  }
}

std::string encode_hub_entry(const HubEntry& entry) {
  EntryBuilder out(size_hint(entry));
  write_entry(entry, out);
  return out.canonical_bytes();
}

std::optional<HubEntry> decode_entry_item(std::string_view bytes) {
  return outside::read<schema::HubEntry>(bytes, limits::item_bytes_max,
                                         [](schema::HubEntry::Reader in, auto) {
                                           auto entry = read_entry(in);
                                           require(entry.event.size() <= limits::event_bytes_max);
                                           require(entry.hash == Hash{});
                                           return entry;
                                         });
}

}  // namespace titip
