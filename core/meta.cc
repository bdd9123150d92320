#include "core/meta.hh"

#include "core/check.hh"

namespace titip::meta {

namespace {

std::string_view acknowledged_name(Lane lane) {
  return lane == Lane::urgent ? "acknowledged urgent" : "acknowledged routine";
}

std::string_view safe_name(Lane lane) {
  return lane == Lane::urgent ? "safe urgent" : "safe routine";
}

std::string_view held_name(StreamKind kind) {
  check(kind != StreamKind::agent_journal, "no hub sends an agent's journal");
  return kind == StreamKind::hub_journal ? "held journal" : "held changes";
}

}  // namespace

std::optional<std::uint64_t> get_u64(const ReadTxn& txn, std::string_view name) {
  const auto value = txn.get(Table::meta, name);
  if (!value) return std::nullopt;
  return key_u64(*value, 0);
}

void put_u64(WriteTxn& txn, std::string_view name, std::uint64_t value) {
  txn.put(Table::meta, name, Key().u64(value));
}

std::optional<Position> get_position(const ReadTxn& txn, std::string_view name) {
  const auto value = txn.get(Table::meta, name);
  if (!value) return std::nullopt;
  return Position{key_u64(*value, 0), key_u64(*value, 8)};
}

void put_position(WriteTxn& txn, std::string_view name, const Position& position) {
  txn.put(Table::meta, name, Key().u64(position.epoch).u64(position.offset));
}

Head acknowledged(const ReadTxn& txn, Lane lane) {
  const auto value = txn.get(Table::meta, acknowledged_name(lane));
  if (!value) return {lane, 0, {}};
  return {lane, key_u64(*value, 0), {key_u64(*value, 8), key_u64(*value, 16)}};
}

void put_acknowledged(WriteTxn& txn, const Head& head) {
  txn.put(Table::meta, acknowledged_name(head.lane),
          Key().u64(head.seq).u64(head.hash.low).u64(head.hash.high));
}

Seq safe(const ReadTxn& txn, Lane lane) { return get_u64(txn, safe_name(lane)).value_or(0); }

void put_safe(WriteTxn& txn, Lane lane, Seq seq) { put_u64(txn, safe_name(lane), seq); }

namespace {

std::string_view backed_up_name(Lane lane) {
  return lane == Lane::urgent ? "backed up urgent" : "backed up routine";
}

}  // namespace

Seq backed_up(const ReadTxn& txn, Lane lane) {
  return get_u64(txn, backed_up_name(lane)).value_or(0);
}

void put_backed_up(WriteTxn& txn, Lane lane, Seq seq) { put_u64(txn, backed_up_name(lane), seq); }

SessionNonces session_nonces(const ReadTxn& txn) {
  const auto value = txn.get(Table::meta, session);
  if (!value) return {};
  return {key_u64(*value, 0), key_u64(*value, 8)};
}

void put_session_nonces(WriteTxn& txn, const SessionNonces& nonces) {
  txn.put(Table::meta, session, Key().u64(nonces.last).u64(nonces.welcomed));
}

HeldPosition held(const ReadTxn& txn, StreamKind kind) {
  const auto value = txn.get(Table::meta, held_name(kind));
  if (!value) return {};
  return {{key_u64(*value, 0), key_u64(*value, 8)}, {key_u64(*value, 16), key_u64(*value, 24)}};
}

void put_held(WriteTxn& txn, StreamKind kind, const HeldPosition& held) {
  txn.put(Table::meta, held_name(kind),
          Key()
              .u64(held.position.epoch)
              .u64(held.position.offset)
              .u64(held.hash.low)
              .u64(held.hash.high));
}

}  // namespace titip::meta
