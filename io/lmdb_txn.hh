#pragma once

// core/kv.hh's transactions over LMDB's. What is stored under a key is the value and then 8 bytes,
// little-endian: XXH3-64 of the value, seeded with XXH3-64 of the key, seeded with the table's
// number. So a value that is damaged, or stands under another key or in another table, is noticed.

#include <lmdb.h>

#include <array>
#include <filesystem>
#include <string>

#include "core/kv.hh"

namespace titip {

// An open environment and its tables; the Store owns it and outlives the transactions.
struct LmdbEnvironment {
  MDB_env* env = nullptr;
  std::array<MDB_dbi, table_count> tables{};
  std::filesystem::path directory;

  MDB_dbi handle(Table table) const { return tables.at(static_cast<std::size_t>(table)); }
};

// The reading half of both kinds of transaction; the deriving class ends `txn`.
template <typename Interface>
class LmdbReads : public Interface {
 public:
  std::optional<std::string_view> get(Table table, std::string_view key) const override;
  void scan(Table table, std::string_view first, const ReadTxn::Visit& visit) const override;
  void scan_back(Table table, std::string_view last, const ReadTxn::Visit& visit) const override;
  std::uint64_t count(Table table) const override;

 protected:
  LmdbReads(const LmdbEnvironment& environment, MDB_txn* txn)
      : environment_(environment), txn_(txn) {}

  const LmdbEnvironment& environment_;
  MDB_txn* txn_;
  std::uint64_t writes_ = 0;  // so far in this transaction; tells a scan that its visit wrote
  int failed_ = 0;            // the code that broke this transaction; LMDB names it only once

  // Throws for `code`, or for what broke the transaction before.
  void require(const char* call, int code) const;

 private:
  void walk(Table table, std::string_view start, bool forward, const ReadTxn::Visit& visit) const;
  std::string_view verified(Table table, const MDB_val& key, const MDB_val& stored) const;
};

class LmdbReadTxn final : public LmdbReads<ReadTxn> {
 public:
  LmdbReadTxn(const LmdbEnvironment& environment, MDB_txn* txn) : LmdbReads(environment, txn) {}
  ~LmdbReadTxn() override { mdb_txn_abort(txn_); }
};

class LmdbWriteTxn final : public LmdbReads<WriteTxn> {
 public:
  LmdbWriteTxn(const LmdbEnvironment& environment, MDB_txn* txn) : LmdbReads(environment, txn) {}
  ~LmdbWriteTxn() override;  // rolls back what was not committed

  void put(Table table, std::string_view key, std::string_view value) override;
  void append(Table table, std::string_view key, std::string_view value) override;
  bool erase(Table table, std::string_view key) override;
  void commit();

 private:
  void store(Table table, std::string_view key, std::string_view value, unsigned flags);
  void require_written(const char* call, int code);

  std::string stored_;  // what the last put wrote, reused
};

extern template class LmdbReads<ReadTxn>;
extern template class LmdbReads<WriteTxn>;

}  // namespace titip
