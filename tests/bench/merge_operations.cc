#include "tests/bench/merge_operations.hh"

#include <lmdb.h>

#include <array>
#include <chrono>

#include "core/check.hh"

namespace titip {

std::size_t Operations::measured() const {
  std::size_t count = 0;
  for (auto at = commits_before; at < commits.size(); ++at) count += commits[at].size();
  return count;
}

std::optional<std::string_view> RecordingTxn::get(Table table, std::string_view key) const {
  operations_.push_back({Operation::Kind::get, table, std::string(key), 0});
  return txn_.get(table, key);
}

void RecordingTxn::scan(Table table, std::string_view first, const Visit& visit) const {
  const auto at = operations_.size();
  operations_.push_back({Operation::Kind::scan, table, std::string(first), 0});
  std::size_t read = 0;
  txn_.scan(table, first, [&](const Entry& entry) {
    ++read;
    return visit(entry);
  });
  operations_[at].bytes = read;
}

void RecordingTxn::scan_back(Table table, std::string_view last, const Visit& visit) const {
  operations_.push_back({Operation::Kind::scan, table, std::string(last), 1});
  txn_.scan_back(table, last, visit);
}

void RecordingTxn::put(Table table, std::string_view key, std::string_view value) {
  operations_.push_back({Operation::Kind::put, table, std::string(key), value.size()});
  txn_.put(table, key, value);
}

void RecordingTxn::append(Table table, std::string_view key, std::string_view value) {
  operations_.push_back({Operation::Kind::append, table, std::string(key), value.size()});
  txn_.append(table, key, value);
}

bool RecordingTxn::erase(Table table, std::string_view key) {
  operations_.push_back({Operation::Kind::erase, table, std::string(key), 0});
  return txn_.erase(table, key);
}

namespace {

MDB_val val_of(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }

class LmdbAlone {
 public:
  explicit LmdbAlone(const std::filesystem::path& directory) {
    check(mdb_env_create(&env_) == 0, "mdb_env_create");
    check(mdb_env_set_mapsize(env_, std::size_t{8} << 30) == 0, "mdb_env_set_mapsize");
    check(mdb_env_set_maxdbs(env_, table_count) == 0, "mdb_env_set_maxdbs");
    check(mdb_env_open(env_, directory.c_str(), MDB_NOTLS, 0600) == 0, "mdb_env_open");
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, 0, &txn) == 0, "mdb_txn_begin");
    for (std::size_t i = 0; i < table_count; ++i) {
      const std::string name{table_name(static_cast<Table>(i))};
      check(mdb_dbi_open(txn, name.c_str(), MDB_CREATE, &tables_[i]) == 0, "mdb_dbi_open");
    }
    check(mdb_txn_commit(txn) == 0, "mdb_txn_commit");
  }
  ~LmdbAlone() { mdb_env_close(env_); }
  LmdbAlone(const LmdbAlone&) = delete;
  LmdbAlone& operator=(const LmdbAlone&) = delete;

  void commit(const std::vector<Operation>& operations) {
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, 0, &txn) == 0, "mdb_txn_begin");
    for (const auto& operation : operations) perform(txn, operation);
    check(mdb_txn_commit(txn) == 0, "mdb_txn_commit");
  }

 private:
  void perform(MDB_txn* txn, const Operation& operation) {
    const auto table = tables_.at(static_cast<std::size_t>(operation.table));
    MDB_val key = val_of(operation.key);
    MDB_val data{operation.bytes, nullptr};
    switch (operation.kind) {
      case Operation::Kind::get: mdb_get(txn, table, &key, &data); return;
      case Operation::Kind::erase: mdb_del(txn, table, &key, nullptr); return;
      case Operation::Kind::put:
      case Operation::Kind::append: {
        if (filler_.size() < operation.bytes) filler_.resize(operation.bytes, 'x');
        data.mv_data = filler_.data();
        const bool append = operation.kind == Operation::Kind::append;
        check(mdb_put(txn, table, &key, &data, append ? MDB_APPEND : 0) == 0, "mdb_put");
        return;
      }
      case Operation::Kind::scan: {
        MDB_cursor* cursor = nullptr;
        check(mdb_cursor_open(txn, table, &cursor) == 0, "mdb_cursor_open");
        auto found = mdb_cursor_get(cursor, &key, &data, MDB_SET_RANGE);
        for (std::size_t read = 1; found == 0 && read < operation.bytes; ++read) {
          found = mdb_cursor_get(cursor, &key, &data, MDB_NEXT);
        }
        mdb_cursor_close(cursor);
        return;
      }
    }
  }

  MDB_env* env_ = nullptr;
  std::array<MDB_dbi, table_count> tables_{};
  std::string filler_;
};

}  // namespace

double lmdb_seconds(const std::filesystem::path& directory, const Operations& operations) {
  LmdbAlone lmdb(directory);
  std::size_t at = 0;
  for (; at < operations.commits_before; ++at) lmdb.commit(operations.commits[at]);
  const auto began = std::chrono::steady_clock::now();
  for (; at < operations.commits.size(); ++at) lmdb.commit(operations.commits[at]);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

}  // namespace titip
