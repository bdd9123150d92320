#include "io/lmdb_txn.hh"

#include <xxhash.h>

#include <cstring>
#include <type_traits>
#include <utility>

#include "core/check.hh"
#include "io/lmdb_error.hh"
#include "io/store.hh"

namespace titip {

namespace {

constexpr std::size_t key_bytes_max = 511;  // LMDB's own
constexpr std::size_t checksum_bytes = 8;

MDB_val as_val(std::string_view bytes) {
  // LMDB writes through neither.
  return {bytes.size(), const_cast<char*>(bytes.data())};
}

std::string_view as_view(const MDB_val& val) {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

std::uint64_t checksum(Table table, std::string_view key, std::string_view value) {
  const auto place = XXH3_64bits_withSeed(key.data(), key.size(), static_cast<XXH64_hash_t>(table));
  return XXH3_64bits_withSeed(value.data(), value.size(), place);
}

void append_little_endian(std::string& out, std::uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(value >> shift)));
  }
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = checksum_bytes; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

void check_key(std::string_view key) {
  check(!key.empty() && key.size() <= key_bytes_max, "a key is empty or longer than LMDB allows");
}

class Cursor {
 public:
  Cursor(const LmdbEnvironment& environment, MDB_txn* txn, Table table) {
    require_lmdb("mdb_cursor_open", environment.directory,
                 mdb_cursor_open(txn, environment.handle(table), &cursor_));
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() { mdb_cursor_close(cursor_); }

  int move(MDB_val& key, MDB_val& value, MDB_cursor_op op) {
    return mdb_cursor_get(cursor_, &key, &value, op);
  }

  // To the first entry at or after `start` going forward, at or before it going back.
  int seek(std::string_view start, bool forward, MDB_val& key, MDB_val& value) {
    if (start.empty()) return forward ? move(key, value, MDB_FIRST) : MDB_NOTFOUND;
    key = as_val(start);
    const int code = move(key, value, MDB_SET_RANGE);
    if (forward) return code;
    if (code == MDB_NOTFOUND) return move(key, value, MDB_LAST);
    if (code != 0 || as_view(key) == start) return code;
    return move(key, value, MDB_PREV);
  }

 private:
  MDB_cursor* cursor_ = nullptr;
};

}  // namespace

template <typename Interface>
std::optional<std::string_view> LmdbReads<Interface>::get(Table table, std::string_view key) const {
  check_key(key);
  MDB_val wanted = as_val(key);
  MDB_val stored{};
  const int code = mdb_get(txn_, environment_.handle(table), &wanted, &stored);
  if (code == MDB_NOTFOUND) return std::nullopt;
  require("mdb_get", code);
  return verified(table, wanted, stored);
}

template <typename Interface>
void LmdbReads<Interface>::scan(Table table, std::string_view first,
                                const ReadTxn::Visit& visit) const {
  walk(table, first, true, visit);
}

template <typename Interface>
void LmdbReads<Interface>::scan_back(Table table, std::string_view last,
                                     const ReadTxn::Visit& visit) const {
  walk(table, last, false, visit);
}

template <typename Interface>
void LmdbReads<Interface>::walk(Table table, std::string_view start, bool forward,
                                const ReadTxn::Visit& visit) const {
  check(start.size() <= key_bytes_max, "a key is longer than LMDB allows");
  const MDB_cursor_op onward = forward ? MDB_NEXT : MDB_PREV;
  std::optional<Cursor> cursor(std::in_place, environment_, txn_, table);
  MDB_val key{};
  MDB_val stored{};
  std::string visited;  // only in a write transaction, where a visit may change what it stands on
  int code = cursor->seek(start, forward, key, stored);
  while (code == 0) {
    const Entry entry{as_view(key), verified(table, key, stored)};
    if constexpr (std::is_same_v<Interface, WriteTxn>) visited.assign(entry.key);
    const std::uint64_t writes_before = writes_;
    if (!visit(entry)) return;
    if (writes_ == writes_before) {
      code = cursor->move(key, stored, onward);
      continue;
    }
    cursor.emplace(environment_, txn_, table);
    code = cursor->seek(visited, forward, key, stored);
    if (code == 0 && as_view(key) == visited) code = cursor->move(key, stored, onward);
  }
  if (code != MDB_NOTFOUND) require("mdb_cursor_get", code);
}

template <typename Interface>
std::uint64_t LmdbReads<Interface>::count(Table table) const {
  MDB_stat stat{};
  require("mdb_stat", mdb_stat(txn_, environment_.handle(table), &stat));
  return stat.ms_entries;
}

template <typename Interface>
void LmdbReads<Interface>::require(const char* call, int code) const {
  if (code != 0) throw_lmdb(call, environment_.directory, failed_ != 0 ? failed_ : code);
}

template <typename Interface>
std::string_view LmdbReads<Interface>::verified(Table table, const MDB_val& key,
                                                const MDB_val& stored) const {
  const std::string_view bytes = as_view(stored);
  if (bytes.size() >= checksum_bytes) {
    const std::string_view value = bytes.substr(0, bytes.size() - checksum_bytes);
    const std::string_view kept = bytes.substr(value.size());
    if (little_endian(kept) == checksum(table, as_view(key), value)) return value;
  }
  throw StoreDamaged("the store in " + environment_.directory.string() +
                     " is damaged: a value of table " + std::string(table_name(table)) +
                     " does not match its checksum");
}

template class LmdbReads<ReadTxn>;
template class LmdbReads<WriteTxn>;

LmdbWriteTxn::~LmdbWriteTxn() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

void LmdbWriteTxn::put(Table table, std::string_view key, std::string_view value) {
  store(table, key, value, 0);
}

void LmdbWriteTxn::append(Table table, std::string_view key, std::string_view value) {
  store(table, key, value, MDB_APPEND);
}

void LmdbWriteTxn::store(Table table, std::string_view key, std::string_view value,
                         unsigned flags) {
  check_key(key);
  // Both may be views into a page that mdb_put is about to rearrange: it gets copies.
  std::array<char, key_bytes_max> key_copy;
  std::memcpy(key_copy.data(), key.data(), key.size());
  stored_.assign(value);
  append_little_endian(stored_, checksum(table, key, value));

  MDB_val stored_key{key.size(), key_copy.data()};
  MDB_val stored_value = as_val(stored_);
  int code = mdb_put(txn_, environment_.handle(table), &stored_key, &stored_value, flags);
  if (code == MDB_KEYEXIST) {  // not the highest after all
    code = mdb_put(txn_, environment_.handle(table), &stored_key, &stored_value, 0);
  }
  ++writes_;
  require_written("mdb_put", code);
}

bool LmdbWriteTxn::erase(Table table, std::string_view key) {
  check_key(key);
  MDB_val wanted = as_val(key);
  const int code = mdb_del(txn_, environment_.handle(table), &wanted, nullptr);
  if (code == MDB_NOTFOUND) return false;
  ++writes_;
  require_written("mdb_del", code);
  return true;
}

void LmdbWriteTxn::commit() {
  require("mdb_put", failed_);
  require_written("mdb_txn_commit",
                  mdb_txn_commit(std::exchange(txn_, nullptr)));  // always frees it
}

void LmdbWriteTxn::require_written(const char* call, int code) {
  if (failed_ == 0) failed_ = tell_full_from_broken(code, environment_.directory);
  require(call, failed_);
}

}  // namespace titip
