#pragma once

// A Store in memory, for tests of what works on core/kv.hh. It behaves as the LMDB one does, order,
// limits and failures included. One thread only.

#include <array>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "io/store.hh"

namespace titip {

class MemoryStore final : public Store {
 public:
  using Entries = std::map<std::string, std::string, std::less<>>;
  struct Tables {
    std::array<Entries, table_count> entries;
    std::size_t bytes = 0;  // of all keys and values
  };

  // Beyond `capacity_bytes` of keys and values a write throws StoreFull, like a full map.
  explicit MemoryStore(std::size_t capacity_bytes = std::numeric_limits<std::size_t>::max())
      : capacity_bytes_(capacity_bytes) {}

  std::unique_ptr<ReadTxn> read() override;
  void write(const std::function<void(WriteTxn&)>& work) override;
  StoreUsage usage() const override;
  void check_readers() override {}
  std::uint64_t verify() override;

  void set_capacity(std::size_t bytes) { capacity_bytes_ = bytes; }
  std::uint64_t commits() const { return commits_; }

 private:
  std::shared_ptr<Tables> tables_ = std::make_shared<Tables>();  // shared with open snapshots
  std::size_t capacity_bytes_;
  std::uint64_t commits_ = 0;
};

}  // namespace titip
