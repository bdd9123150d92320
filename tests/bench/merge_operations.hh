#pragma once

// What a transaction asks of its store, recorded, and the same asked of LMDB alone.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/kv.hh"

namespace titip {

struct Operation {
  enum class Kind : std::uint8_t { get, put, append, erase, scan };
  Kind kind = Kind::get;
  Table table = Table::meta;
  std::string key;
  std::size_t bytes = 0;  // of what is put; of a scan, how many entries it read
};

struct Operations {
  std::vector<std::vector<Operation>> commits;
  std::size_t commits_before = 0;  // of those, the first, which only fill the store

  std::size_t measured() const;  // operations of the others
};

class RecordingTxn : public WriteTxn {
 public:
  // Both must outlive it.
  RecordingTxn(WriteTxn& txn, std::vector<Operation>& operations)
      : txn_(txn), operations_(operations) {}

  std::optional<std::string_view> get(Table table, std::string_view key) const override;
  void scan(Table table, std::string_view first, const Visit& visit) const override;
  void scan_back(Table table, std::string_view last, const Visit& visit) const override;
  std::uint64_t count(Table table) const override { return txn_.count(table); }
  void put(Table table, std::string_view key, std::string_view value) override;
  void append(Table table, std::string_view key, std::string_view value) override;
  bool erase(Table table, std::string_view key) override;

 private:
  WriteTxn& txn_;
  std::vector<Operation>& operations_;
};

// Seconds for all but the first commits; default sync flags, values of the same size without a
// checksum.
double lmdb_seconds(const std::filesystem::path& directory, const Operations& operations);

}  // namespace titip
