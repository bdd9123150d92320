#include "core/epochs.hh"

#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/hub_journal.hh"
#include "core/meta.hh"
#include "schema/store.capnp.h"

namespace titip {

bool EpochLine::covers(const Position& basis, const Position& placement) const {
  // Walk from the basis's epoch to its ancestors; each child cuts its parent at its own first
  // offset.
  bool in_line = false;
  std::uint64_t limit = basis.offset;
  for (const auto& entry : line_) {
    in_line = in_line || entry.epoch == basis.epoch;
    if (!in_line) continue;
    if (entry.epoch == placement.epoch) return placement.offset <= limit;
    limit = std::min(limit, entry.first_offset - 1);
  }
  return false;
}

std::uint64_t EpochLine::epoch_of(std::uint64_t offset) const {
  for (const auto& entry : line_) {
    if (entry.first_offset <= offset) return entry.epoch;
  }
  return 0;
}

EpochLine current_line(const ReadTxn& txn, std::size_t entries_max) {
  std::vector<EpochEntry> line;
  auto epoch = meta::get_u64(txn, meta::epoch).value_or(0);
  while (epoch != 0 && line.size() < entries_max) {
    const auto value = txn.get(Table::epochs, Key().u64(epoch));
    if (!value) break;  // at a node that was told the newest part only
    const StoredReader<schema::EpochState> in(*value);
    line.push_back(
        {epoch, in->getParent(), in->getFirstOffset(), {in->getHashLow(), in->getHashHigh()}});
    epoch = in->getParent();
  }
  return EpochLine(std::move(line));
}

bool LineHistory::covers(const Position& basis, const Position& placement) const {
  // Within one epoch, nearly always; the line grows by one at each opening of a hub's store, for
  // years.
  if (basis.epoch == placement.epoch) return placement.offset <= basis.offset;
  if (!line_) line_ = current_line(txn_);
  return line_->covers(basis, placement);
}

bool LineHistory::in_line(Incarnation descendant, Incarnation incarnation, Lane, Seq) const {
  return descendant == incarnation;
}

void put_line(WriteTxn& txn, const std::vector<EpochEntry>& newest_first) {
  for (const auto& entry : newest_first) {
    StoredBuilder<schema::EpochState> out(64);
    out->setParent(entry.parent);
    out->setFirstOffset(entry.first_offset);
    out->setHashLow(entry.hash.low);
    out->setHashHigh(entry.hash.high);
    txn.put(Table::epochs, Key().u64(entry.epoch), out.bytes());
  }
  if (!newest_first.empty()) meta::put_u64(txn, meta::epoch, newest_first.front().epoch);
}

void begin_epoch(WriteTxn& txn, std::uint64_t epoch) {
  check(epoch != 0, "an epoch has a name");
  const auto end = journal_end(txn);
  StoredBuilder<schema::EpochState> out(64);
  out->setParent(meta::get_u64(txn, meta::epoch).value_or(0));
  out->setFirstOffset(end.offset + 1);
  out->setHashLow(end.hash.low);
  out->setHashHigh(end.hash.high);
  out->setFirstChange(meta::get_u64(txn, meta::last_change).value_or(0) + 1);
  txn.put(Table::epochs, Key().u64(epoch), out.bytes());
  meta::put_u64(txn, meta::epoch, epoch);
}

}  // namespace titip
