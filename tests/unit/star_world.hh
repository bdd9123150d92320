#pragma once

// A hub, devices of three posts and a district that is a custodian, each with the shipped code over
// a store in memory: people edit two records with clocks that are wrong, and a third whose events
// the hub refuses; deliveries are cut anywhere, repeated and put off, stores are restored and
// copied, and the hub is opened anew. What is decided depends on `seed` alone; `clocks` decides
// what the clocks show.

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/agent_changes.hh"
#include "core/agent_journal.hh"
#include "core/carried.hh"
#include "core/chain.hh"
#include "core/check.hh"
#include "core/district_store.hh"
#include "core/epochs.hh"
#include "core/feeds.hh"
#include "core/hub_append.hh"
#include "core/hub_journal.hh"
#include "core/hub_lives.hh"
#include "core/lineage.hh"
#include "core/meta.hh"
#include "core/review_list.hh"
#include "core/united.hh"
#include "tests/support/memory_kv.hh"
#include "tests/unit/record_writes.hh"

namespace titip::test {

// The shipped vocabulary, in which Person has one field of each policy.
struct PolicyRegistry {
  PolicyRegistry() : registry(Registry::ilp()) {
    auto& person = const_cast<RecordType&>(*registry.find("Person"));
    person.fields = each.type.fields;
  }
  OnePolicyEach each;
  Registry registry;
};

class Star {
 public:
  static constexpr std::size_t posts = 3;
  static constexpr NodeId district = 9;

  Star(unsigned seed, unsigned clocks, unsigned steps) : random_(seed), clocks_(clocks) {
    for (NodeId id = 1; id <= posts; ++id) enrol(id, static_cast<FacilityKind>(id));
    enrol(district, FacilityKind::district);
    for (NodeId id = 1; id <= posts; ++id) {
      devices_.push_back(std::make_unique<Device>(id));
      devices_.back()->store.write([&](WriteTxn& txn) { begin_incarnation(txn, 10 + id); });
    }
    for (unsigned i = 0; i < steps; ++i) step();
  }

  // Everything arrives.
  void settle() {
    for (auto& device : devices_) upload(*device, everything);
    for (auto& device : devices_) download(*device, everything);
    keep(everything);
  }

  // Whether every device shows the last of its own writes to each record that the hub has not got:
  // nobody can have seen it.
  bool unsent_writes_are_shown() {
    return std::all_of(devices_.begin(), devices_.end(), [&](const auto& device) {
      const auto txn = device->store.read();
      const auto incarnation = current_incarnation(*txn);
      const auto node = find_node(*hub_.read(), device->node).value();
      const auto* held = node.find_lane(incarnation, lane);
      std::map<RecordKey, Seq> last;
      // Of a life that the hub has not heard of it has what stands before its beginning.
      const auto base = lives(*txn).front().base_of(lane);
      for (auto seq = (held == nullptr ? base : held->have.seq) + 1;
           seq <= journal_last(*txn, lane); ++seq) {
        const auto entry = journal_entry(*txn, lane, seq);
        const auto id = entry->born.value_or(
            EventId{incarnation_at(lives(*txn), lane, seq), seq, entry->hash, lane});
        // Of a life that the hub has not heard of, what it holds by a former one is answered for.
        if (find_event(*hub_.read(), id)) continue;
        const auto event = EventReader::open(entry->event);
        last[event->record()] = seq;
        if (const RecordId other = event->get().getOther(); other != 0) {
          last[{event->record().type, other}] = seq;
        }
      }
      return std::all_of(last.begin(), last.end(), [&](const auto& own) {
        const auto writes = state(device->store, own.first).writes;
        return std::any_of(writes.begin(), writes.end(), [&](const Write& write) {
          return write.id.seq == own.second && write.origin == device->node;
        });
      });
    });
  }

  std::size_t devices() const { return devices_.size(); }
  RecordState at_hub(const RecordKey& key) { return state(hub_, key); }
  RecordState at_device(std::size_t which, const RecordKey& key) {
    return state(devices_[which]->store, key);
  }
  // With all that are one with it, as each sees it.
  United one_at_hub(const RecordKey& key) {
    const auto txn = hub_.read();
    return united(*txn, key, person());
  }
  United one_at_device(std::size_t which, const RecordKey& key) {
    const auto txn = devices_[which]->store.read();
    return united(*txn, key, person());
  }
  RecordState at_district(const RecordKey& key) { return state(district_, key); }

  // Whether hub, district and every device count what they show as under review, a group once.
  bool counts_what_is_under_review() {
    return open_conflicts(*hub_.read()) == shown_under_review(hub_) &&
           open_conflicts(*district_.read()) == shown_under_review(district_) &&
           std::ranges::all_of(devices_, [](const auto& device) {
             return open_conflicts(*device->store.read()) == shown_under_review(device->store);
           });
  }
  // The last of a type that only hubs write: what a device says of it goes into quarantine.
  static constexpr std::array<RecordKey, 3> records{{{3, 0x51}, {3, 0x52}, {1, 0x53}}};

  // All that the hub has appended of a record, applied in another order and some of it twice; only
  // of its fields and its life, if its links are left out.
  RecordState in_another_order(const RecordKey& key, bool with_links = true) {
    const auto txn = hub_.read();
    std::vector<std::pair<Write, std::vector<EventId>>> writes;
    txn->scan(Table::journal, Key().u64(1), [&](const Entry& stored) {
      const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
      const auto event = EventReader::open(entry.event);
      if (!event || entry.quarantined || event->record().type != key.type) return true;
      auto write = write_of(*event, entry.born, entry.order, entry.origin, entry.facility);
      if (event->record() != key && write.other != key.id) return true;
      if (event->record() != key) write.other = event->record().id;  // said of the pair
      if (write.of_pair() && !with_links) return true;
      write.carrier = entry.carrier;
      write.placements = {{entry.epoch, entry.offset}};
      writes.emplace_back(std::move(write), settled_by(*event));
      return true;
    });
    for (std::size_t i = writes.size(); i > 0; --i) {
      if (pick(3) == 0) writes.push_back(writes[i - 1]);
    }
    std::shuffle(writes.begin(), writes.end(), random_);
    RecordState state;
    const HubHistory history(*txn);
    for (auto& [write, settles] : writes) {
      apply_write(state, std::move(write), settles, &person(), history);
    }
    return state;
  }

 private:
  struct Device {
    explicit Device(NodeId id) : node(id) {}
    NodeId node;
    MemoryStore store;
    std::vector<MemoryStore::Tables> backups;
    std::vector<std::pair<RecordKey, Version>> screens;  // opened, and still so
  };
  static constexpr std::size_t everything = ~std::size_t{0};
  static constexpr const char* facility = "PSY-1";
  static constexpr Lane lane = Lane::routine;
  static constexpr TimeMs year_ms = 365LL * 86'400'000;

  static const PolicyRegistry& vocabulary() {
    static const PolicyRegistry made;
    return made;
  }
  static const Registry& registry() { return vocabulary().registry; }
  static const RecordType& person() { return *registry().find("Person"); }

  unsigned pick(std::size_t below) { return static_cast<unsigned>(random_() % below); }
  HubContext context() { return {registry(), epoch_, now_, facility}; }

  static RecordState state(MemoryStore& store, const RecordKey& key) {
    const auto value = store.read()->get(Table::records, record_key(key));
    return value ? decode_record_state(*value) : RecordState{};
  }

  static std::size_t shown_under_review(MemoryStore& store) {
    std::set<RecordKey> shown;
    const auto txn = store.read();
    txn->scan(Table::records, {}, [&](const Entry& entry) {
      const auto record = record_of_key(entry.key, 0);
      const auto whole = united(*txn, record, *registry().find(record.type));
      if (whole.state.under_review) shown.insert({record.type, whole.record.id});
      return true;
    });
    return shown.size();
  }

  // All at one facility, so that every record is the concern of every device.
  void enrol(NodeId id, FacilityKind kind) {
    NodeState node;
    node.id = id;
    node.public_key = std::string(32, static_cast<char>('a' + id));
    node.kind = kind;
    node.facility = kind == FacilityKind::district ? "DINKES" : facility;
    hub_.write([&](WriteTxn& txn) { put_node(txn, node); });
  }

  void step() {
    const auto which = pick(devices_.size());
    auto& device = *devices_[which];
    switch (pick(16)) {
      case 0:
      case 1:
      case 2: return upload(device, 1 + pick(4));
      case 3:
      case 4:
      case 5: return download(device, 1 + pick(3));
      case 6: return keep(1 + pick(3));
      case 7: return write_at_hub();
      case 8:
        if (pick(3) == 0) ++epoch_;  // the hub is opened anew
        return;
      case 9: return device.backups.push_back(device.store.copy());
      case 10: return pick(3) == 0 ? renew(which) : save(device);
      default: return save(device);
    }
  }

  // A clock may show anything, and what it shows may jump.
  ClockReading clock() {
    const auto wall = now_ + static_cast<TimeMs>(clocks_() % 20) * year_ms - 10 * year_ms;
    return {wall, clocks_() % 1'000'000, static_cast<std::uint32_t>(1 + clocks_() % 2)};
  }

  EventDraft any_draft(const RecordKey& key, const RecordState& seen) {
    EventDraft draft;
    draft.type = registry().find(key.type);
    draft.record.id = key.id;
    draft.by = "kader";
    const auto chosen = pick(12);
    draft.op = seen.writes.empty() ? Op::create
               : chosen == 0       ? Op::retract
               : chosen == 1       ? Op::link
               : chosen == 2       ? Op::unlink
               : chosen <= 5       ? Op::resolve
                                   : Op::set;
    if (draft.op == Op::link || draft.op == Op::unlink) {
      draft.other.id = pick(3) == 0 ? RecordId{0x99} : other_of(key.id);
    }
    if (draft.op == Op::resolve) {
      for (const Write& write : seen.writes) {
        if (pick(3) != 0) draft.settles.push_back(write.id);
      }
      if (draft.settles.empty()) draft.op = Op::set;
    }
    if (draft.op == Op::create || draft.op == Op::set || (draft.op == Op::resolve && pick(3) != 0))
      choose_values(draft);
    return draft;
  }

  static RecordId other_of(RecordId id) {
    return id == records[0].id ? records[1].id : records[0].id;
  }

  void choose_values(EventDraft& draft) {
    if (draft.type->system) return give(draft, *draft.type->field("name"), 1 + pick(6));
    const auto& each = vocabulary().each;
    for (const auto* field : {each.later, each.review, each.max, each.min, each.authority}) {
      const auto number = pick(6);
      if (number == 3) draft.cleared |= field->bit();
      if (number < 3) give(draft, *field, 1 + static_cast<std::int64_t>(number));
    }
    if (draft.set.empty() && draft.cleared == 0) give(draft, *each.review, 1);
  }

  static void give(EventDraft& draft, const FieldRules& field, std::int64_t number) {
    if (field.kind == FieldKind::text) {
      draft.set.emplace_back(&field, std::to_string(number));
    } else {
      draft.set.emplace_back(&field, number);
    }
  }

  void save(Device& device) {
    const auto& key = records[pick(pick(4) == 0 ? 3 : 2)];
    const auto seen = state(device.store, key);
    auto draft = any_draft(key, seen);
    device.store.write([&](WriteTxn& txn) {
      const Version now{seen.as_of, journal_last(txn, lane)};
      if (draft.op == Op::set && pick(5) == 0) {
        for (const auto& [record, version] : device.screens) {
          if (record == key && pick(2) == 0) draft.version = version;
        }
      }
      device.screens.emplace_back(key, now);
      const auto kind = static_cast<FacilityKind>(device.node);
      IntakeContext intake{registry(), ids_, clock(), 540, kind, device.node, facility};
      // A `set` of a retracted record is refused; that is an outcome, too.
      refused_ += save_draft(txn, draft, intake).ok() ? 0u : 1u;
    });
  }

  void write_at_hub() {
    const auto& key = records[pick(2)];
    const auto seen = state(hub_, key);
    auto draft = any_draft(key, seen);
    EventStamp stamp;
    stamp.record = key.id;
    stamp.other = draft.other.id;
    stamp.clock = clock();
    if (draft.op != Op::create) stamp.version.as_of = seen.as_of;
    ++now_;
    hub_.write([&](WriteTxn& txn) {
      check(append_recorded(txn, make_event(draft, stamp), context()).ok(), "the hub's own event");
    });
  }

  // What the device holds beyond what the hub does, cut anywhere; its answer may be lost.
  void upload(Device& device, std::size_t count) {
    const auto txn = device.store.read();
    const auto incarnation = current_incarnation(*txn);
    const LaneSource source(*txn, lane);
    Head have;
    hub_.write([&](WriteTxn& hub) {
      auto node = find_node(hub, device.node).value();
      StreamAppend append;
      append.node = device.node;
      append.incarnation = incarnation;
      append.lane = lane;
      greet(hub, *txn, node, incarnation);
      have = node.lane(incarnation, lane).have;
      append.from = have.seq;
      append.before = source.hash_at(have.seq).value();
      if (have.seq < source.last()) {
        append.events = source.read(have.seq, count, everything).items;
        auto hash = append.before;
        for (const auto& event : append.events) {
          append.hashes.push_back(hash = chain_next(hash, event.bytes));
        }
        ++now_;
        check(append_stream(hub, append, node, context()).extended, "a lane goes on");
        // The same once more extends nothing.
        if (pick(4) == 0) check(!append_stream(hub, append, node, context()).extended, "twice");
      }
      have = node.lane(incarnation, lane).have;
      put_node(hub, node);
    });
    if (count != everything && pick(3) == 0) return;
    device.store.write([&](WriteTxn& out) {
      life_was_welcomed(out);
      meta::put_acknowledged(out, have);
    });
  }

  // What a Hello does at the hub for a lane that it has not seen.
  void greet(WriteTxn& hub, const ReadTxn& device, NodeState& node, Incarnation incarnation) {
    if (node.owns(incarnation)) return;
    const auto past = parentage(device);
    HelloMessage hello;
    hello.incarnation = incarnation;
    hello.parent_incarnation = past.parent;
    hello.branches = past.branches;
    if (!past.branches.empty()) check(adopt_life(hub, node, hello), "a life of an unknown past");
    check(claim_incarnation(hub, incarnation, node.id), "two nodes of one name");
    auto& now = node.lane(incarnation, lane);
    if (past.branches.empty()) now.have.hash = chain_start(incarnation, lane);
    put_node(hub, node);
    if (past.branches.empty()) return;
    const HubHistory history(hub);
    Feeds feeds(hub, registry());
    feeds.life_began(node.id, [&](const Write& write) {
      return history.in_line(incarnation, carrier_of(write), write.id);
    });
  }

  // Some of the changes that follow what it holds. They come again if it cannot store how far.
  void download(Device& device, std::size_t count) {
    const auto incarnation = current_incarnation(*device.store.read());
    hub_.write([&](WriteTxn& hub) {
      auto node = find_node(hub, device.node).value();
      greet(hub, *device.store.read(), node, incarnation);
    });
    const auto txn = hub_.read();
    const auto node = find_node(*txn, device.node).value();
    const FeedSource source(*txn, registry(), node, incarnation);
    device.store.write([&](WriteTxn& out) {
      put_line(out, current_line(*txn).entries());
      auto held = meta::held(out, StreamKind::hub_changes);
      const auto from = held.position.epoch == 0 ? 0 : resume_feed(*txn, held.position);
      const auto read = source.read(from, count, everything);
      const auto epoch = meta::get_u64(*txn, meta::epoch).value_or(0);
      apply_changes(out, read.items, epoch, registry());
      held.position = {epoch, read.to};
      if (count == everything || pick(4) != 0) {
        meta::put_held(out, StreamKind::hub_changes, held);
      }
    });
  }

  void keep(std::size_t count) {
    const auto txn = hub_.read();
    const FeedSource source(*txn, registry(), find_node(*txn, district).value(), 0);
    const auto read = source.read(kept_, count, everything);
    Received received;
    received.from = kept_;
    received.items = read.items;
    received.held.position = {epoch_, read.to};
    district_.write([&](WriteTxn& out) {
      meta::put_u64(out, meta::sends_journal, 1);
      keep_changes(out, received, registry());
    });
    if (count == everything || pick(4) != 0) kept_ = read.to;
  }

  // Its store comes back as it was, or a copy of it lives beside it. The hub finds that out of a
  // journal that it knows only; of two that it has not heard of, one would be refused.
  void renew(std::size_t which) {
    auto& device = devices_[which];
    if (device->backups.empty()) return;
    auto renewed = std::make_unique<Device>(device->node);
    renewed->store.put_back(device->backups[pick(device->backups.size())]);
    const auto incarnation = current_incarnation(*renewed->store.read());
    if (!find_node(*hub_.read(), device->node)->owns(incarnation)) return;
    renewed->store.write([&](WriteTxn& txn) { mint(txn, {++lives_, !life_is_welcomed(txn)}); });
    if (devices_.size() < posts + 2 && pick(2) == 0) {
      devices_.push_back(std::move(renewed));
    } else {
      device = std::move(renewed);
    }
  }

  std::mt19937 random_;
  std::mt19937 clocks_;
  TimeMs now_ = 1'728'951'180'000;
  std::uint64_t epoch_ = 0xe00;
  Incarnation lives_ = 1000;
  RecordIds ids_{0x500};
  MemoryStore hub_;
  MemoryStore district_;
  unsigned refused_ = 0;
  Seq kept_ = 0;  // of the feed, by the district
  std::vector<std::unique_ptr<Device>> devices_;
};

}  // namespace titip::test
