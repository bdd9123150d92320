#include "core/alike.hh"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>

#include "core/alike_keys.hh"
#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/limits.hh"
#include "core/meta.hh"
#include "core/record_group.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

Key hash_key(const Hash& hash) { return Key().u8('h').u64(hash.low).u64(hash.high); }
Key pairs_key(const RecordKey& record) { return Key().u8('p').u16(record.type).u64(record.id); }
constexpr std::size_t hash_key_bytes = 17;
constexpr std::size_t pairs_key_bytes = 11;
constexpr std::size_t secret_bytes = 32;

// Finds what is alike, within one transaction.
class Alike {
 public:
  Alike(WriteTxn& txn, const Registry& registry, TimeMs now)
      : txn_(txn),
        registry_(registry),
        now_(now),
        secret_(txn.get(Table::meta, meta::alike_secret).value_or("")),
        state_of_(stored_states(txn)) {}

  bool is_kept() const { return !secret_.empty(); }

  void changed(const RecordKey& record, const RecordState& before, const RecordState& after) {
    const auto* type = registry_.find(record.type);
    if (type == nullptr || type->alike_keys.empty() || type->system) return;
    const auto had = hashes(*type, before);
    const auto has = hashes(*type, after);
    const bool told = has_pairs(before) || has_pairs(after);
    if (had == has && !told && !distinguished_anew(*type, before, after)) return;
    if (told) note_linked();
    for (const auto& [list, hash] : had) {
      if (!has.contains(list) || has.at(list) != hash) erase(hash, record);
    }
    for (const auto& [list, hash] : has) {
      if (!had.contains(list) || had.at(list) != hash) {
        txn_.put(Table::identities, hash_key(hash).u16(record.type).u64(record.id), {});
      }
    }
    judge(record, *type, after, has, !had.empty() || told);
    if (told && type->homes != 0) judge_followers(record, before, after);
  }

 private:
  AlikeHashes hashes(const RecordType& type, const RecordState& state,
                     std::optional<RecordId> instead = {}) const {
    return alike_hashes(type, state, secret_, instead);
  }

  // Until then nobody's group needs to be looked up.
  bool any_linked() const { return meta::get_u64(txn_, meta::any_linked).has_value(); }
  void note_linked() {
    if (!any_linked()) meta::put_u64(txn_, meta::any_linked, 1);
  }

  static bool distinguished_anew(const RecordType& type, const RecordState& before,
                                 const RecordState& after) {
    return std::ranges::any_of(type.fields, [&](const FieldRules& field) {
      if ((type.distinguishing & field.bit()) == 0) return false;
      const auto was = shown_value(before, field);
      const auto is = shown_value(after, field);
      if (!was || !is) return was.has_value() != is.has_value();
      return std::get<std::int64_t>(*was) != std::get<std::int64_t>(*is);
    });
  }

  void erase(const Hash& hash, const RecordKey& record) {
    txn_.erase(Table::identities, hash_key(hash).u16(record.type).u64(record.id));
  }

  // Who has the same values in a list, at most as many as can be one.
  void add_holders(const Hash& hash, const RecordKey& record, std::size_t list,
                   std::map<RecordId, std::uint64_t>& found) const {
    const std::string first{hash_key(hash)};
    std::size_t looked = 0;
    txn_.scan(Table::identities, first, [&](const Entry& entry) {
      if (!entry.key.starts_with(first) || looked++ > limits::group_members_max) return false;
      const auto other = record_of_key(entry.key, hash_key_bytes);
      if (other.type == record.type && other.id != record.id) {
        found[other.id] |= std::uint64_t{1} << list;
      }
      return true;
    });
  }

  // The persons that are one with the one it is about: what is told of either is told of one.
  std::vector<RecordId> subjects(const RecordType& type, const RecordState& state) const {
    for (const auto& list : type.alike_keys) {
      for (const auto index : list) {
        const auto& field = type.fields[index];
        if ((type.subjects & field.bit()) == 0) continue;
        const auto value = shown_value(state, field);
        if (!value || !any_linked()) continue;
        return shown_group(state_of_, {registry_.find(field.refers_to)->number,
                                       std::get<RecordReference>(*value).id});
      }
    }
    return {};
  }

  // Whether somebody has said of the two that they are one, or two: themselves, or by way of
  // others.
  bool is_decided(const RecordKey& record, const RecordState& state, RecordId other) const {
    if (!has_pairs(state)) return false;
    const auto words = pair_words(state);
    return std::ranges::find(words, other, &PairWord::other) != words.end() ||
           std::ranges::count(shown_group(state_of_, record), other) > 0;
  }

  std::map<RecordId, std::uint64_t> wanted(const RecordKey& record, const RecordType& type,
                                           const RecordState& state, const AlikeHashes& has) const {
    std::map<RecordId, std::uint64_t> found;
    for (const auto& [list, hash] : has) add_holders(hash, record, list, found);
    if (const auto persons = subjects(type, state); persons.size() > 1) {
      for (const auto person : persons) {
        for (const auto& [list, hash] : hashes(type, state, person)) {
          add_holders(hash, record, list, found);
        }
      }
    }
    for (auto& [id, by] : found) {
      const auto other = state_of_({record.type, id});
      by = other && !is_decided(record, state, id) ? alike_by(type, state, *other, by) : 0;
    }
    std::erase_if(found, [](const auto& each) { return each.second == 0; });
    return found;
  }

  // `had_some`: it may stand in pairs by now.
  void judge(const RecordKey& record, const RecordType& type, const RecordState& state,
             const AlikeHashes& has, bool had_some) {
    const auto found = wanted(record, type, state, has);
    std::map<RecordId, std::uint64_t> held;
    const std::string first{pairs_key(record)};
    if (had_some) {
      txn_.scan(Table::identities, first, [&](const Entry& entry) {
        if (!entry.key.starts_with(first)) return false;
        const StoredReader<schema::Alike> in(entry.value);
        held[key_u64(entry.key, pairs_key_bytes)] = in->getBy();
        return true;
      });
    }
    for (const auto& [other, by] : held) {
      // The look at who has the same values ends at some; a pair lasts as long as its own values
      // do.
      if (!found.contains(other) && !lasts(record, type, state, has, other)) part(record, other);
    }
    for (const auto& [other, by] : found) {
      const auto known = held.find(other);
      if (known == held.end() || known->second != by) join(record, other, by, known == held.end());
    }
  }

  bool lasts(const RecordKey& record, const RecordType& type, const RecordState& state,
             const AlikeHashes& has, RecordId other) const {
    const auto theirs = state_of_({record.type, other});
    if (!theirs || is_decided(record, state, other)) return false;
    std::uint64_t by = 0;
    for (const auto& [list, hash] : hashes(type, *theirs)) {
      if (has.contains(list) && has.at(list) == hash) by |= std::uint64_t{1} << list;
    }
    return alike_by(type, state, *theirs, by) != 0;
  }

  void part(const RecordKey& record, RecordId other) {
    txn_.erase(Table::identities, pairs_key(record).u64(other));
    txn_.erase(Table::identities, pairs_key({record.type, other}).u64(record.id));
    meta::put_u64(txn_, meta::open_alike, open_alike(txn_) - 1);
  }

  void join(const RecordKey& record, RecordId other, std::uint64_t by, bool is_new) {
    TimeMs since = now_;
    if (!is_new) {
      const auto held = txn_.get(Table::identities, pairs_key(record).u64(other));
      since = StoredReader<schema::Alike>(*held)->getSince();
    } else {
      meta::put_u64(txn_, meta::open_alike, open_alike(txn_) + 1);
    }
    StoredBuilder<schema::Alike> out(64);
    out->setSince(since);
    out->setBy(by);
    const auto bytes = out.bytes();
    txn_.put(Table::identities, pairs_key(record).u64(other), bytes);
    txn_.put(Table::identities, pairs_key({record.type, other}).u64(record.id), bytes);
  }

  // What two persons have each once, one person has twice.
  void judge_followers(const RecordKey& record, const RecordState& before,
                       const RecordState& after) {
    std::set<RecordId> persons{record.id};
    for (const auto* state : {&before, &after}) {
      for (const auto& word : pair_words(*state)) persons.insert(word.other);
    }
    std::vector<RecordKey> followers;
    for (const auto id : persons) {
      const std::string first{record_key({record.type, id})};
      txn_.scan(Table::referrers, first, [&](const Entry& entry) {
        if (!entry.key.starts_with(first)) return false;
        followers.push_back(record_of_key(entry.key, first.size()));
        return true;
      });
    }
    for (const auto& follower : followers) {
      const auto* type = registry_.find(follower.type);
      const auto state = state_of_(follower);
      if (type == nullptr || type->subjects == 0 || type->alike_keys.empty() || !state) continue;
      judge(follower, *type, *state, hashes(*type, *state), true);
    }
  }

  WriteTxn& txn_;
  const Registry& registry_;
  TimeMs now_;
  std::string secret_;
  StateOf state_of_;
};

}  // namespace

void update_alike(WriteTxn& txn, const Registry& registry, const RecordKey& record,
                  const RecordState& before, const RecordState& after, TimeMs now) {
  Alike alike(txn, registry, now);
  if (alike.is_kept()) alike.changed(record, before, after);
}

void build_alike(WriteTxn& txn, const Registry& registry, std::string_view secret, TimeMs now) {
  if (has_alike(txn)) return;
  check(secret.size() == secret_bytes, "a secret of another length");
  txn.put(Table::meta, meta::alike_secret, secret);
  meta::put_u64(txn, meta::open_alike, 0);
  std::vector<RecordKey> records;
  txn.scan(Table::records, {}, [&](const Entry& entry) {
    records.push_back(record_of_key(entry.key, 0));
    return true;
  });
  Alike alike(txn, registry, now);
  for (const auto& record : records) {
    const auto state = stored_states(txn)(record);
    alike.changed(record, {}, *state);
  }
}

bool has_alike(const ReadTxn& txn) { return txn.get(Table::meta, meta::alike_secret).has_value(); }

std::vector<AlikePair> alike_pairs(const ReadTxn& txn, TypeNumber type) {
  std::vector<AlikePair> pairs;
  txn.scan(Table::identities, Key().u8('p').u16(type), [&](const Entry& entry) {
    if (key_u8(entry.key, 0) != 'p') return false;
    const auto record = record_of_key(entry.key, 1);
    if (type != 0 && record.type != type) return false;
    const auto other = key_u64(entry.key, pairs_key_bytes);
    if (record.id > other) return true;
    const StoredReader<schema::Alike> in(entry.value);
    pairs.push_back({record, other, in->getSince(), in->getBy()});
    return true;
  });
  std::ranges::sort(pairs, {}, [](const AlikePair& pair) {
    return std::tuple(pair.since, pair.record, pair.other);
  });
  return pairs;
}

bool is_alike(const ReadTxn& txn, const RecordKey& record, RecordId other) {
  return txn.get(Table::identities, pairs_key(record).u64(other)).has_value();
}

std::uint64_t open_alike(const ReadTxn& txn) {
  return meta::get_u64(txn, meta::open_alike).value_or(0);
}

}  // namespace titip
