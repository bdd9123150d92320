#include "core/epochs.hh"

#include <algorithm>
#include <map>

#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/hub_journal.hh"
#include "core/meta.hh"
#include "core/mutants.hh"
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
  return line_of(txn, meta::get_u64(txn, meta::epoch).value_or(0), entries_max);
}

EpochLine line_of(const ReadTxn& txn, std::uint64_t epoch, std::size_t entries_max) {
  std::vector<EpochEntry> line;
  while (epoch != 0 && line.size() < entries_max) {
    const auto value = txn.get(Table::epochs, Key().u64(epoch));
    if (!value) break;  // at a node that was told the newest part only
    const StoredReader<schema::EpochState> in(*value);
    line.push_back({epoch,
                    in->getParent(),
                    in->getFirstOffset(),
                    {in->getHashLow(), in->getHashHigh()},
                    in->getFirstChange()});
    epoch = in->getParent();
  }
  return EpochLine(std::move(line));
}

Position shared_position(const EpochLine& line, const Position& end, const EpochLine& other,
                         const Position& other_end) {
  const auto ends = [](const EpochLine& of, const Position& last) {
    std::map<std::uint64_t, std::uint64_t> by_epoch;
    std::uint64_t limit = last.offset;
    bool in_line = false;
    for (const auto& entry : of.entries()) {
      in_line = in_line || entry.epoch == last.epoch;
      if (in_line) by_epoch[entry.epoch] = limit;
      if (in_line) limit = std::min(limit, entry.first_offset - 1);
    }
    return by_epoch;
  };
  const auto theirs = ends(other, other_end);
  Position shared;
  for (const auto& [epoch, offset] : ends(line, end)) {
    const auto found = theirs.find(epoch);
    if (found == theirs.end()) continue;
    const auto both = std::min(offset, found->second);
    if (shared.epoch == 0 || both > shared.offset) shared = {epoch, both};
  }
  return shared.offset == 0 ? Position{} : shared;
}

LineHistory::LineHistory(const ReadTxn& txn)
    : txn_(txn), present_(meta::get_u64(txn, meta::epoch).value_or(0)) {}

LineHistory::LineHistory(const ReadTxn& txn, const std::vector<EpochEntry>& told)
    : LineHistory(txn) {
  if (!told.empty()) present_ = told.front().epoch;
  // Parents first.
  for (auto entry = told.rbegin(); entry != told.rend(); ++entry) {
    beginnings_[entry->epoch] = Beginning{entry->parent, entry->first_offset, entry->first_change,
                                          entry->parent != 0 && !is_whole(entry->parent)};
  }
}

const LineHistory::Beginning* LineHistory::beginning_of(std::uint64_t epoch) const {
  const auto [found, fresh] = beginnings_.try_emplace(epoch);
  if (fresh) {
    if (const auto value = txn_.get(Table::epochs, Key().u64(epoch))) {
      const StoredReader<schema::EpochState> in(*value);
      found->second = Beginning{in->getParent(), in->getFirstOffset(), in->getFirstChange(),
                                in->getHalfKnown()};
    }
  }
  return found->second ? &*found->second : nullptr;
}

bool LineHistory::covers(const Position& basis, const Position& placement) const {
  if (mutant(Mutant::positions_without_epochs)) return placement.offset <= basis.offset;
  // Within one epoch, nearly always. Else from the basis's epoch to its ancestors, in whatever line
  // it is: each child cuts its parent at its own first offset.
  std::uint64_t limit = basis.offset;
  std::size_t steps = 0;
  for (auto epoch = basis.epoch; epoch != 0 && steps < limits::epochs_in_line_max; ++steps) {
    if (epoch == placement.epoch) return placement.offset <= limit;
    const auto* begins = beginning_of(epoch);
    if (begins == nullptr) return false;
    limit = std::min(limit, begins->first_offset - 1);
    epoch = begins->parent;
  }
  return false;
}

bool LineHistory::is_whole(std::uint64_t epoch) const {
  const auto* begins = beginning_of(epoch);
  return begins != nullptr && !begins->half_known;
}

bool LineHistory::feed_covers(const Position& delivered) const {
  std::uint64_t limit = ~std::uint64_t{0};
  std::size_t steps = 0;
  for (auto epoch = present_; epoch != 0 && steps < limits::epochs_in_line_max; ++steps) {
    if (epoch == delivered.epoch) return delivered.offset <= limit;
    const auto* begins = beginning_of(epoch);
    if (begins == nullptr) return false;
    // An older hub does not say: then that it is of the line must do.
    if (begins->first_change != 0) limit = std::min(limit, begins->first_change - 1);
    epoch = begins->parent;
  }
  return false;
}

bool LineHistory::in_line(Incarnation descendant, Incarnation carrier, const EventId&) const {
  return descendant == carrier;
}

namespace {

bool is_half_known(const ReadTxn& txn, std::uint64_t epoch) {
  const auto value = txn.get(Table::epochs, Key().u64(epoch));
  return !value || StoredReader<schema::EpochState>(*value)->getHalfKnown();
}

void put_epoch(WriteTxn& txn, const EpochEntry& entry) {
  StoredBuilder<schema::EpochState> out(64);
  out->setParent(entry.parent);
  out->setFirstOffset(entry.first_offset);
  out->setHashLow(entry.hash.low);
  out->setHashHigh(entry.hash.high);
  out->setFirstChange(entry.first_change);
  out->setHalfKnown(entry.parent != 0 && is_half_known(txn, entry.parent));
  txn.put(Table::epochs, Key().u64(entry.epoch), out.bytes());
}

}  // namespace

void note_foreign_epochs(WriteTxn& txn, const std::vector<EpochEntry>& line) {
  // Parents first.
  for (auto entry = line.rbegin(); entry != line.rend(); ++entry) {
    if (entry->epoch == 0 || entry->first_offset == 0 || entry->parent == entry->epoch) continue;
    // Of one that is known already only its past may be news.
    const auto known = line_of(txn, entry->epoch, 1).entries();
    if (is_half_known(txn, entry->epoch)) put_epoch(txn, known.empty() ? *entry : known.front());
  }
}

void put_line(WriteTxn& txn, const std::vector<EpochEntry>& newest_first) {
  // Parents first.
  for (auto entry = newest_first.rbegin(); entry != newest_first.rend(); ++entry) {
    put_epoch(txn, *entry);
  }
  if (!newest_first.empty()) meta::put_u64(txn, meta::epoch, newest_first.front().epoch);
}

void begin_epoch(WriteTxn& txn, std::uint64_t epoch) {
  check(epoch != 0, "an epoch has a name");
  if (meta::get_u64(txn, meta::epoch) == epoch) return;
  const auto end = journal_end(txn);
  put_epoch(txn, {epoch, meta::get_u64(txn, meta::epoch).value_or(0), end.offset + 1, end.hash,
                  meta::get_u64(txn, meta::last_change).value_or(0) + 1});
  meta::put_u64(txn, meta::epoch, epoch);
}

}  // namespace titip
