#include "core/rebuilding.hh"

#include "core/meta.hh"

namespace titip {

std::optional<Rebuilding> rebuilding(const ReadTxn& txn) {
  const auto value = txn.get(Table::meta, meta::rebuilding);
  if (!value) return std::nullopt;
  return Rebuilding{key_u64(*value, 0), static_cast<RebuildReason>(key_u8(*value, 8)),
                    static_cast<TimeMs>(key_u64(*value, 9))};
}

void expect_rebuilding(WriteTxn& txn, RebuildReason reason, TimeMs now) {
  if (is_rebuilding(txn)) return;
  const auto name = meta::get_u64(txn, meta::rebuildings).value_or(0) + 1;
  meta::put_u64(txn, meta::rebuildings, name);
  txn.put(
      Table::meta, meta::rebuilding,
      Key().u64(name).u8(static_cast<std::uint8_t>(reason)).u64(static_cast<std::uint64_t>(now)));
}

}  // namespace titip
