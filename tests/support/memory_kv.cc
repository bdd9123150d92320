#include "tests/support/memory_kv.hh"

#include <iterator>
#include <utility>
#include <vector>

#include "core/check.hh"

namespace titip {

namespace {

using Entries = MemoryStore::Entries;
using Tables = MemoryStore::Tables;

void check_key(std::string_view key) {
  check(!key.empty() && key.size() <= 511, "a key is empty or longer than LMDB allows");
}

// `Kept`: Tables of a snapshot's own, or a reference to those that a transaction writes to.
template <typename Interface, typename Kept>
class MemoryReads : public Interface {
 public:
  explicit MemoryReads(Kept tables) : tables_(tables) {}

  std::optional<std::string_view> get(Table table, std::string_view key) const override {
    check_key(key);
    const Entries& entries = of(table);
    const auto found = entries.find(key);
    if (found == entries.end()) return std::nullopt;
    return found->second;
  }

  // The next entry is looked up by key each time, since a visit may write.
  void scan(Table table, std::string_view first, const ReadTxn::Visit& visit) const override {
    const Entries& entries = of(table);
    for (auto at = entries.lower_bound(first); at != entries.end();) {
      const std::string key = at->first;
      if (!visit({at->first, at->second})) return;
      at = entries.upper_bound(key);
    }
  }

  void scan_back(Table table, std::string_view last, const ReadTxn::Visit& visit) const override {
    const Entries& entries = of(table);
    for (auto after = entries.upper_bound(last); after != entries.begin();) {
      const auto at = std::prev(after);
      const std::string key = at->first;
      if (!visit({at->first, at->second})) return;
      after = entries.lower_bound(key);
    }
  }

  std::uint64_t count(Table table) const override { return of(table).size(); }

 protected:
  const Entries& of(Table table) const {
    return *tables_.entries.at(static_cast<std::size_t>(table));
  }

  Kept tables_;
};

class MemoryWriteTxn final : public MemoryReads<WriteTxn, Tables&> {
 public:
  MemoryWriteTxn(Tables& tables, std::size_t capacity_bytes)
      : MemoryReads(tables), capacity_bytes_(capacity_bytes) {}

  ~MemoryWriteTxn() override {
    for (auto undo = undos_.rbegin(); undo != undos_.rend(); ++undo) {
      if (undo->before) {
        set(undo->table, undo->key, std::move(*undo->before));
      } else {
        drop(undo->table, undo->key);
      }
    }
  }

  void put(Table table, std::string_view key, std::string_view value) override {
    check_key(key);
    require_room();
    std::string key_copy(key);  // both may be views of what is about to be replaced
    std::string value_copy(value);
    remember(table, key_copy);
    set(table, key_copy, std::move(value_copy));
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
    const std::string key_copy(key);
    remember(table, key_copy);
    drop(table, key_copy);
    return true;
  }

  void commit(std::optional<std::pair<Table, MemoryStore::Written>>& watched) {
    require_room();
    for (const auto& undo : undos_) {
      if (watched && watched->first == undo.table) watched->second.keys.insert(undo.key);
    }
    undos_.clear();
  }

 private:
  struct Undo {
    Table table;
    std::string key;
    std::optional<std::string> before;
  };

  // Whoever shares the table keeps it as it is.
  Entries& entries(Table table) {
    auto& held = tables_.entries.at(static_cast<std::size_t>(table));
    if (held.use_count() > 1) held = std::make_shared<Entries>(*held);
    return *held;
  }

  void require_room() const {
    if (full_) throw StoreFull{StoreFull::What::map};
  }

  void remember(Table table, const std::string& key) {
    const auto found = of(table).find(key);
    undos_.push_back(
        {table, key, found == of(table).end() ? std::nullopt : std::optional(found->second)});
  }

  void set(Table table, const std::string& key, std::string value) {
    drop(table, key);
    tables_.bytes += key.size() + value.size();
    entries(table).emplace(key, std::move(value));
  }

  void drop(Table table, const std::string& key) {
    const auto found = entries(table).find(key);
    if (found == entries(table).end()) return;
    tables_.bytes -= found->first.size() + found->second.size();
    entries(table).erase(found);
  }

  std::size_t capacity_bytes_;
  std::vector<Undo> undos_;
  bool full_ = false;
};

}  // namespace

std::unique_ptr<ReadTxn> MemoryStore::read() {
  return std::make_unique<MemoryReads<ReadTxn, Tables>>(tables_);
}

void MemoryStore::write(const std::function<void(WriteTxn&)>& work) {
  MemoryWriteTxn txn(tables_, capacity_bytes_);
  work(txn);
  txn.commit(watched_);
  ++commits_;
}

StoreUsage MemoryStore::usage() const {
  return {.map_bytes = capacity_bytes_,
          .used_bytes = tables_.bytes,
          .free_disk_bytes = std::numeric_limits<std::size_t>::max()};
}

std::uint64_t MemoryStore::verify() {
  std::uint64_t values = 0;
  for (const auto& entries : tables_.entries) values += entries->size();
  return values;
}

}  // namespace titip
