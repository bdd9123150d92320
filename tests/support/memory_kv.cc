#include "tests/support/memory_kv.hh"

#include <iterator>
#include <utility>

#include "core/check.hh"

namespace titip {

namespace {

using Entries = MemoryStore::Entries;
using Tables = MemoryStore::Tables;
using Undo = MemoryStore::Undo;

void check_key(std::string_view key) {
  check(!key.empty() && key.size() <= 511, "a key is empty or longer than LMDB allows");
}

const Entries& entries_of(const Tables& tables, Table table) {
  return *tables.entries.at(static_cast<std::size_t>(table));
}

std::optional<std::string_view> value_in(const Entries& entries, std::string_view key) {
  check_key(key);
  const auto found = entries.find(key);
  if (found == entries.end()) return std::nullopt;
  return found->second;
}

// Whoever shares the table keeps it as it is.
Entries& own_entries(Tables& tables, Table table) {
  auto& held = tables.entries.at(static_cast<std::size_t>(table));
  if (held.use_count() > 1) held = std::make_shared<Entries>(*held);
  return *held;
}

// Both return what stood there.
std::optional<std::string> set(Tables& tables, Table table, std::string key, std::string value) {
  const auto bytes = key.size() + value.size();
  const auto [at, is_new] = own_entries(tables, table).try_emplace(std::move(key));
  std::swap(at->second, value);
  tables.bytes += bytes;
  if (is_new) return std::nullopt;
  tables.bytes -= at->first.size() + value.size();
  return value;
}

std::optional<std::string> drop(Tables& tables, Table table, const std::string& key) {
  auto& here = own_entries(tables, table);
  const auto found = here.find(key);
  if (found == here.end()) return std::nullopt;
  auto before = std::move(found->second);
  tables.bytes -= key.size() + before.size();
  here.erase(found);
  return before;
}

void take_back(Tables& tables, std::vector<Undo>& undos) {
  for (auto undo = undos.rbegin(); undo != undos.rend(); ++undo) {
    if (undo->before) {
      set(tables, undo->table, std::move(undo->key), std::move(*undo->before));
    } else {
      drop(tables, undo->table, undo->key);
    }
  }
  undos.clear();
}

class MemoryReadTxn final : public ReadTxn {
 public:
  explicit MemoryReadTxn(std::shared_ptr<const Tables> tables) : tables_(std::move(tables)) {}

  std::optional<std::string_view> get(Table table, std::string_view key) const override {
    return value_in(entries_of(*tables_, table), key);
  }

  void scan(Table table, std::string_view first, const Visit& visit) const override {
    const Entries& entries = entries_of(*tables_, table);
    for (auto at = entries.lower_bound(first); at != entries.end(); ++at) {
      if (!visit({at->first, at->second})) return;
    }
  }

  void scan_back(Table table, std::string_view last, const Visit& visit) const override {
    const Entries& entries = entries_of(*tables_, table);
    for (auto after = entries.upper_bound(last); after != entries.begin();) {
      --after;
      if (!visit({after->first, after->second})) return;
    }
  }

  std::uint64_t count(Table table) const override { return entries_of(*tables_, table).size(); }

 private:
  std::shared_ptr<const Tables> tables_;
};

class MemoryWriteTxn final : public WriteTxn {
 public:
  MemoryWriteTxn(Tables& tables, std::size_t capacity_bytes)
      : tables_(tables), capacity_bytes_(capacity_bytes) {}

  ~MemoryWriteTxn() override { take_back(tables_, undos_); }

  std::optional<std::string_view> get(Table table, std::string_view key) const override {
    return value_in(of(table), key);
  }

  // The next entry is looked up by key each time, since a visit may write.
  void scan(Table table, std::string_view first, const Visit& visit) const override {
    for (auto at = of(table).lower_bound(first); at != of(table).end();) {
      const std::string key = at->first;
      if (!visit({at->first, at->second})) return;
      at = of(table).upper_bound(key);
    }
  }

  void scan_back(Table table, std::string_view last, const Visit& visit) const override {
    for (auto after = of(table).upper_bound(last); after != of(table).begin();) {
      const auto at = std::prev(after);
      const std::string key = at->first;
      if (!visit({at->first, at->second})) return;
      after = of(table).lower_bound(key);
    }
  }

  std::uint64_t count(Table table) const override { return of(table).size(); }

  void put(Table table, std::string_view key, std::string_view value) override {
    check_key(key);
    require_room();
    std::string key_copy(key);  // both may be views of what is about to be replaced
    auto before = set(tables_, table, key_copy, std::string(value));
    undos_.push_back({table, std::move(key_copy), std::move(before)});
    full_ = full_ || tables_.bytes > capacity_bytes_;
    require_room();
  }

  void append(Table table, std::string_view key, std::string_view value) override {
    put(table, key, value);
  }

  bool erase(Table table, std::string_view key) override {
    check_key(key);
    require_room();
    if (!of(table).contains(key)) return false;
    std::string key_copy(key);
    auto before = drop(tables_, table, key_copy);
    undos_.push_back({table, std::move(key_copy), std::move(before)});
    return true;
  }

  std::vector<Undo> commit() {
    require_room();
    return std::exchange(undos_, {});
  }

 private:
  const Entries& of(Table table) const { return entries_of(tables_, table); }

  void require_room() const {
    if (full_) throw StoreFull{StoreFull::What::map};
  }

  Tables& tables_;
  std::size_t capacity_bytes_;
  std::vector<Undo> undos_;
  bool full_ = false;
};

}  // namespace

std::unique_ptr<ReadTxn> MemoryStore::read() { return std::make_unique<MemoryReadTxn>(tables_); }

void MemoryStore::write(const std::function<void(WriteTxn&)>& work) {
  commit(work);
  sync();
}

void MemoryStore::commit(const std::function<void(WriteTxn&)>& work) {
  MemoryWriteTxn txn(own_tables(), capacity_bytes_);
  work(txn);
  for (auto& undo : txn.commit()) {
    if (watched_ && watched_->first == undo.table) watched_->second.keys.insert(undo.key);
    unsynced_.push_back(std::move(undo));
  }
  ++commits_;
}

void MemoryStore::power_cut() {
  for (const auto& undo : unsynced_) {
    if (watched_ && watched_->first == undo.table) watched_->second.keys.insert(undo.key);
  }
  take_back(own_tables(), unsynced_);
}

// Snapshots keep what they were taken of.
Tables& MemoryStore::own_tables() {
  if (tables_.use_count() > 1) tables_ = std::make_shared<Tables>(*tables_);
  return *tables_;
}

StoreUsage MemoryStore::usage() const {
  return {.map_bytes = capacity_bytes_,
          .used_bytes = tables_->bytes,
          .free_disk_bytes = std::numeric_limits<std::size_t>::max()};
}

std::uint64_t MemoryStore::verify() {
  std::uint64_t values = 0;
  for (const auto& entries : tables_->entries) values += entries->size();
  return values;
}

}  // namespace titip
