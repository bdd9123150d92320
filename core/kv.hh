#pragma once

// The store as the core sees it: ordered tables of byte strings under transactions that someone
// else opens, commits and syncs. io/store.hh implements it over LMDB, tests/support/memory_kv.hh in
// memory.
//
// Keys are big-endian so that byte order is number order; `Key` builds them. Values are the structs
// of schema/store.capnp, encoded by core/store_codec.hh. A view returned here is valid until the
// next write in the same transaction, or the transaction's end.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/types.hh"

namespace titip {

enum class Table : std::uint8_t {
  meta,        // name → value; see core/meta.hh
  journal,     // agent: (lane u8, seq u64) → AgentEntry; hub: offset u64 → HubEntry
  records,     // (type u16, id u64) → RecordState
  refs,        // agent and hub: ref text → RefEntry
  quarantine,  // as the journal's key → Quarantined
  epochs,      // hub: epoch u64 → EpochState
  feeds,       // hub, district: see core/feeds.hh; who receives one: core/lost_history.hh
  nodes,  // hub: 'n' node u64 → NodeState, 'u' of one that is not enrolled here; 'k' public key →
          // node u64; 'i' invitation key → InvitationState; 'j' incarnation u64 → node u64
  conflicts,   // hub: (type u16, id u64) → Contested; see core/review_list.hh
  identities,  // hub: see core/alike.hh
  referrers,   // hub: (type u16, id u64) of a record, then of one that refers to it → nothing
  events,      // hub: which entry holds which event; see core/carried.hh
};
inline constexpr std::size_t table_count = 12;

// Name of the table in LMDB; also what error messages call it.
std::string_view table_name(Table table);

// Builds a key of big-endian numbers and raw bytes.
class Key {
 public:
  Key& u8(std::uint8_t value);
  Key& u16(std::uint16_t value);
  Key& u64(std::uint64_t value);
  Key& bytes(std::string_view value);
  operator std::string_view() const { return text_; }  // NOLINT: a key is its bytes

 private:
  std::string text_;
};

// Reads big-endian numbers back out of a key; check()s the length.
std::uint8_t key_u8(std::string_view key, std::size_t at);
std::uint16_t key_u16(std::string_view key, std::size_t at);
std::uint64_t key_u64(std::string_view key, std::size_t at);

// Key of the table `records` for a record; of `referrers`, the beginning of those who refer to it.
Key record_key(const RecordKey& record);
RecordKey record_of_key(std::string_view key, std::size_t at);

struct Entry {
  std::string_view key;
  std::string_view value;
};

class ReadTxn {
 public:
  // False: stop. In a write transaction it may write; the scan goes on with the keys beyond this
  // one.
  using Visit = std::function<bool(const Entry&)>;

  virtual ~ReadTxn() = default;
  virtual std::optional<std::string_view> get(Table table, std::string_view key) const = 0;
  // Entries with key ≥ `first` in key order.
  virtual void scan(Table table, std::string_view first, const Visit& visit) const = 0;
  // Entries with key ≤ `last`, in falling key order.
  virtual void scan_back(Table table, std::string_view last, const Visit& visit) const = 0;
  virtual std::uint64_t count(Table table) const = 0;
};

class WriteTxn : public ReadTxn {
 public:
  virtual void put(Table table, std::string_view key, std::string_view value) = 0;
  // As put, for a key known to be the table's highest: LMDB fills its pages instead of splitting
  // them.
  virtual void append(Table table, std::string_view key, std::string_view value) = 0;
  virtual bool erase(Table table, std::string_view key) = 0;  // whether it was there
};

}  // namespace titip
