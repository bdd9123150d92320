#include "core/parked.hh"

#include <algorithm>
#include <functional>
#include <string>

#include "core/capnp_bytes.hh"
#include "core/carried.hh"
#include "core/check.hh"
#include "core/hub_lives.hh"
#include "core/limits.hh"
#include "core/meta.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

constexpr std::size_t run_bytes = 16;  // first and last offset

// The entries beyond `after` that apply parked events, in order. False: stop.
void each_applied(const ReadTxn& txn, std::uint64_t after,
                  const std::function<bool(const HubEntry&)>& visit) {
  const auto runs = txn.get(Table::meta, meta::applied_runs).value_or(std::string_view{});
  bool more = true;
  for (std::size_t at = 0; more && at + run_bytes <= runs.size(); at += run_bytes) {
    const auto last = key_u64(runs, at + 8);
    if (last <= after) continue;
    const auto first = std::max(key_u64(runs, at), after + 1);
    txn.scan(Table::journal, Key().u64(first), [&](const Entry& stored) {
      const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
      if (entry.offset > last) return false;
      check(entry.event.empty() && !entry.quarantined, "a run of applied entries holds another");
      return more = visit(entry);
    });
  }
}

}  // namespace

bool parked_may_apply(const ReadTxn& txn, const Registry& registry) {
  return meta::get_u64(txn, meta::vocabulary) != registry.fingerprint();
}

// They stand in runs, one for each opening that found any.
void note_applied(WriteTxn& txn, std::uint64_t first, std::uint64_t last) {
  std::string runs(txn.get(Table::meta, meta::applied_runs).value_or(std::string_view{}));
  if (!runs.empty() && key_u64(runs, runs.size() - 8) + 1 == first) {
    runs.resize(runs.size() - 8);
  } else {
    runs += std::string_view(Key().u64(first));
  }
  runs += std::string_view(Key().u64(last));
  txn.put(Table::meta, meta::applied_runs, runs);
}

namespace {

constexpr std::uint8_t refused_again_kind = 'q';

void scan_refused_again(
    const ReadTxn& txn, std::uint64_t after,
    const std::function<bool(std::uint64_t offset, std::uint64_t held)>& visit) {
  txn.scan(Table::events, Key().u8(refused_again_kind).u64(after + 1), [&](const Entry& entry) {
    if (key_u8(entry.key, 0) != refused_again_kind) return false;
    return visit(key_u64(entry.key, 1), key_u64(entry.value, 0));
  });
}

}  // namespace

void note_refused_again(WriteTxn& txn, std::uint64_t offset, std::uint64_t held) {
  txn.put(Table::events, Key().u8(refused_again_kind).u64(offset), Key().u64(held));
}

std::optional<std::string> reason_in_quarantine(const ReadTxn& txn, std::uint64_t offset) {
  const auto value = txn.get(Table::quarantine, Key().u64(offset));
  if (!value) return std::nullopt;
  const StoredReader<schema::Quarantined> in(*value);
  return std::string(view_of(in->getReason()));
}

std::vector<PlacedOutcome> outcomes_beyond(const ReadTxn& txn, NodeId node, Incarnation incarnation,
                                           std::uint64_t after) {
  std::vector<PlacedOutcome> found;
  const HubHistory history(txn);
  // What stands in the past of this journal, also under the name of a former life.
  const auto note = [&](const HubEntry& entry, Incarnation carrier, std::string_view reason) {
    if (entry.origin != node || !history.in_line(incarnation, carrier, entry.born)) return;
    found.push_back({entry.offset, {entry.born.lane, entry.born.seq, std::string(reason)}});
  };
  txn.scan(Table::quarantine, Key().u64(after + 1), [&](const Entry& entry) {
    const auto stored = txn.get(Table::journal, entry.key);
    check(stored.has_value(), "something in quarantine that is not in the journal");
    const StoredReader<schema::Quarantined> in(entry.value);
    const auto refused = decode_hub_entry(key_u64(entry.key, 0), *stored);
    note(refused, refused.carried_by(), view_of(in->getReason()));
    return found.size() < limits::outcomes_per_frame_max;
  });
  const auto before_again = found.size();
  scan_refused_again(txn, after, [&](std::uint64_t offset, std::uint64_t held) {
    const auto reason = reason_in_quarantine(txn, held);
    const auto stored = txn.get(Table::journal, Key().u64(offset));
    check(stored.has_value(), "what came again is not in the journal");
    const auto again = decode_hub_entry(offset, *stored);
    if (reason) note(again, again.carried_by(), *reason);
    return found.size() - before_again < limits::outcomes_per_frame_max;
  });
  const auto in_quarantine = found.size();
  each_applied(txn, after, [&](const HubEntry& entry) {
    const auto held = find_event(txn, entry.born);
    note(entry, held ? held->carried_by() : entry.carried_by(), {});
    return found.size() - in_quarantine < limits::outcomes_per_frame_max;
  });
  std::ranges::sort(found, {}, &PlacedOutcome::offset);
  return found;
}

}  // namespace titip
