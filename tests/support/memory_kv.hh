#pragma once

// A Store in memory, for tests of what works on core/kv.hh. It behaves as the LMDB one does, order,
// limits and failures included. One thread only.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/store.hh"

namespace titip {

// The order of bytes. Keys are short, and comparing them is most of finding one: eight at a time.
struct KeyOrder {
  using is_transparent = void;

  bool operator()(std::string_view left, std::string_view right) const {
    const auto both = std::min(left.size(), right.size());
    std::size_t at = 0;
    for (; at + 8 <= both; at += 8) {
      const auto one = number(left.data() + at), other = number(right.data() + at);
      if (one != other) return one < other;
    }
    for (; at < both; ++at) {
      if (left[at] != right[at]) {
        return static_cast<unsigned char>(left[at]) < static_cast<unsigned char>(right[at]);
      }
    }
    return left.size() < right.size();
  }

 private:
  static std::uint64_t number(const char* bytes) {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return __builtin_bswap64(value);
  }
};

class MemoryStore final : public Store {
 public:
  using Entries = std::map<std::string, std::string, KeyOrder>;
  // A table is shared by all snapshots and copies since it was last written to.
  struct Tables {
    std::array<std::shared_ptr<Entries>, table_count> entries;
    std::size_t bytes = 0;  // of all keys and values

    Tables() {
      for (auto& table : entries) table = std::make_shared<Entries>();
    }
  };

  // Beyond `capacity_bytes` of keys and values a write throws StoreFull, like a full map.
  explicit MemoryStore(std::size_t capacity_bytes = std::numeric_limits<std::size_t>::max())
      : capacity_bytes_(capacity_bytes) {}

  std::unique_ptr<ReadTxn> read() override;
  void write(const std::function<void(WriteTxn&)>& work) override;  // commit(), then sync()

  // What LMDB does in one step with its default sync flags, in two: a commit alone is seen by every
  // reader and is on no disk yet.
  void commit(const std::function<void(WriteTxn&)>& work);
  void sync() { unsynced_.clear(); }
  // Whole transactions go, back to the last sync. What was read before stays as it was read.
  void power_cut();

  StoreUsage usage() const override;
  void check_readers() override {}
  std::uint64_t verify() override;

  void set_capacity(std::size_t bytes) { capacity_bytes_ = bytes; }
  std::uint64_t commits() const { return commits_; }

  // Which keys of a table were written since it was last asked, each once; all of them at first and
  // after put_back().
  struct Written {
    bool everything = false;
    std::set<std::string, std::less<>> keys;
  };
  void watch(Table table) { watched_ = {table, {true, {}}}; }
  Written take_written() { return std::exchange(watched_->second, {}); }

  // The whole store as it stands, to be put back some day: here or in another store. What is put
  // back is synced.
  Tables copy() const { return *tables_; }
  void put_back(const Tables& copy) {
    tables_ = std::make_shared<Tables>(copy);
    unsynced_.clear();
    if (watched_) watched_->second = {true, {}};
  }

  // How one write is taken back.
  struct Undo {
    Table table;
    std::string key;
    std::optional<std::string> before;  // nothing: it was not there
  };

 private:
  Tables& own_tables();

  std::shared_ptr<Tables> tables_ = std::make_shared<Tables>();  // shared by its snapshots
  std::vector<Undo> unsynced_;                                   // in the order of the writes
  std::optional<std::pair<Table, Written>> watched_;
  std::size_t capacity_bytes_;
  std::uint64_t commits_ = 0;
};

}  // namespace titip
