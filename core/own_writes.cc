#include "core/own_writes.hh"

#include <algorithm>
#include <utility>

#include "core/agent_journal.hh"
#include "core/event.hh"
#include "core/hub_append.hh"
#include "core/meta.hh"
#include "core/record_group.hh"

namespace titip {

std::vector<Write> OwnWrites::beyond(const RecordKey& record, Lane lane, Seq after) {
  const auto& index = index_of(lane, after);
  std::vector<Write> writes;
  const auto found = index.seqs.find(record);
  if (found == index.seqs.end()) return writes;
  for (const Seq seq : found->second) {
    if (seq <= after) continue;
    if (auto write = write_at(record, lane, seq)) writes.push_back(std::move(*write));
  }
  return writes;
}

const OwnWrites::LaneIndex& OwnWrites::index_of(Lane lane, Seq after) {
  const auto known = lanes_.find(lane);
  if (known != lanes_.end() && known->second.after <= after) return known->second;
  LaneIndex index{after, {}};
  const auto last = journal_last(txn_, lane);
  for (Seq seq = std::max(after, journal_floor(txn_, lane)) + 1; seq <= last; ++seq) {
    const auto entry = journal_entry(txn_, lane, seq);
    const auto event = entry ? EventReader::open(entry->event) : std::nullopt;
    if (!event) continue;
    const auto record = event->record();
    index.seqs[record].push_back(seq);
    // Whether two are one is said of both.
    if (const RecordId other = event->get().getOther(); other != 0) {
      index.seqs[{record.type, other}].push_back(seq);
    }
  }
  return lanes_.insert_or_assign(lane, std::move(index)).first->second;
}

std::optional<Write> OwnWrites::write_at(const RecordKey& record, Lane lane, Seq seq) {
  if (lives_.empty()) {
    lives_ = lives(txn_);
    if (const auto held = txn_.get(Table::meta, meta::certificate)) {
      certificate_ = decode_certificate(*held);
    }
  }
  const auto entry = journal_entry(txn_, lane, seq);
  const auto event = entry ? EventReader::open(entry->event) : std::nullopt;
  if (!event || !certificate_) return std::nullopt;
  const auto carrier = incarnation_at(lives_, lane, seq);
  const auto id = entry->born.value_or(EventId{carrier, seq, entry->hash, lane});
  const OrderingFacts order{event->get().getAt(), Confidence::wall,
                            static_cast<std::uint8_t>(certificate_->kind)};
  auto write = write_of(*event, id, order, certificate_->node, certificate_->facility);
  if (id.incarnation != carrier) write.carrier = carrier;
  write.settles = settled_by(*event);
  const auto named = event->record();
  return named == record ? write : mirrored(std::move(write), named.id);
}

}  // namespace titip
