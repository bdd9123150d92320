#include "core/united.hh"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/epochs.hh"
#include "core/frontiers.hh"

namespace titip {

namespace {

// A word about a pair of members, and which.
struct Word {
  RecordId one = 0;
  RecordId other = 0;
  const Write* write = nullptr;
};

// Which members a write's author knew to be one: the links that it had seen join them, also those
// that were said again or overruled since; but not where it had seen that overruled.
class Ties {
 public:
  Ties(const std::vector<Member>& members, const History& history) : history_(history) {
    for (const auto& member : members) {
      for (const Write& write : member.state.writes) {
        if (!write.of_pair() || write.other < member.id) continue;
        words_.push_back({member.id, write.other, &write});
      }
    }
  }

  bool knew_as_one(const Write& author, RecordId one, RecordId other) {
    auto [known, is_new] = reached_.try_emplace({author.id, one});
    if (is_new) known->second = reached_by(author, one);
    return known->second.contains(other);
  }

 private:
  std::set<RecordId> reached_by(const Write& author, RecordId from) const {
    std::set<RecordId> reached{from};
    for (bool grew = true; grew;) {
      grew = false;
      for (const auto& word : words_) {
        if (reached.contains(word.one) == reached.contains(word.other)) continue;
        if (!knew_as_link(author, word)) continue;
        reached.insert({word.one, word.other});
        grew = true;
      }
    }
    return reached;
  }

  bool knew_as_link(const Write& author, const Word& link) const {
    if (link.write->op != Op::link || !has_seen(author, *link.write, history_)) return false;
    return std::ranges::none_of(words_, [&](const Word& word) {
      return word.write->op == Op::unlink && word.one == link.one && word.other == link.other &&
             has_seen(author, *word.write, history_) &&
             has_seen(*word.write, *link.write, history_);
    });
  }

  const History& history_;
  std::vector<Word> words_;
  std::map<std::pair<EventId, RecordId>, std::set<RecordId>> reached_;
};

bool is_held(const Member& member) {
  return !member.state.writes.empty() && !only_linked(member.state);
}

bool lives(const Member& member) { return is_held(member) && shown_alive(member.state); }

// By which the group is named: the first that lives, else that is held.
std::size_t canonical(const std::vector<Member>& members) {
  auto found = std::ranges::find_if(members, lives);
  if (found == members.end()) found = std::ranges::find_if(members, is_held);
  return found == members.end() ? 0 : static_cast<std::size_t>(found - members.begin());
}

// The member that says whether the group lives: one of which that is contested, else the one by
// which it is named.
std::size_t speaks_for_life(const std::vector<Member>& members) {
  const auto contested = std::ranges::find_if(
      members, [](const Member& member) { return life_contested(member.state); });
  return contested == members.end() ? canonical(members)
                                    : static_cast<std::size_t>(contested - members.begin());
}

// What was retracted says nothing more of the person, unless all of it was.
void leave_out_retracted(std::vector<Member>& members) {
  if (std::ranges::none_of(members, lives)) return;
  for (auto& member : members) {
    if (lives(member)) continue;
    for (auto& write : member.state.writes) write.fields = write.live = write.cleared = 0;
  }
}

struct MemberWrite {
  Write write;
  RecordId member = 0;
};

// In order of event id. What is said of pairs is left out; of life only one member speaks.
std::vector<MemberWrite> writes_of(const std::vector<Member>& members, std::size_t spokesman,
                                   FieldMask reviewed) {
  std::vector<MemberWrite> writes;
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (const Write& write : members[i].state.writes) {
      if (write.of_pair()) continue;
      auto& added = writes.emplace_back(MemberWrite{write, members[i].id}).write;
      // What was settled in its own record is not asked about again.
      added.fields &= ~reviewed | added.live;
      added.cleared &= added.fields;
      added.alive_live = added.alive_live && i == spokesman;
    }
  }
  std::ranges::sort(writes, {}, [](const MemberWrite& each) { return each.write.id; });
  return writes;
}

}  // namespace

United alone(const RecordKey& record, RecordState state) {
  return {record, {record.id}, std::move(state), record.id, {}};
}

United united(const ReadTxn& txn, const RecordKey& record, RecordState state,
              const RecordType& type) {
  auto whole = alone(record, std::move(state));
  if (!has_pairs(whole.state)) return whole;
  const auto state_of = stored_states(txn);
  whole.members = shown_group(state_of, record);
  if (!whole.is_group()) {
    whole.open_pairs = open_pairs({{record.id, whole.state}});
    whole.state.under_review = whole.state.under_review || whole.state.whole_under_review;
    return whole;
  }

  const LineHistory history(txn);
  const auto as_of = seen_as_of(txn, record, whole.state, history);
  std::vector<Member> members;
  for (const auto id : whole.members) {
    members.push_back({id, state_of({record.type, id}).value_or(RecordState{})});
  }
  whole.open_pairs = open_pairs(members);
  whole.record.id = members[canonical(members)].id;
  leave_out_retracted(members);
  Ties ties(members, history);
  const auto spokesman = speaks_for_life(members);
  const auto writes = writes_of(members, spokesman, reviewed_fields(&type));

  whole.speaks_for_life = members[spokesman].id;
  whole.state = {};
  for (const auto& each : writes) whole.state.writes.push_back(each.write);
  Frontiers(whole.state, &type, history).settle_fields_across([&](std::size_t i, std::size_t j) {
    const auto one = writes[i].member;
    const auto other = writes[j].member;
    return one == other || ties.knew_as_one(writes[i].write, one, other);
  });
  // What does not stand in its own record does not here.
  for (std::size_t i = 0; i < writes.size(); ++i) {
    whole.state.writes[i].live &= writes[i].write.live;
  }
  whole.state.under_review = whole.state.under_review || !whole.open_pairs.empty() ||
                             life_contested(members[spokesman].state) ||
                             std::ranges::any_of(members, [](const Member& member) {
                               return member.state.whole_under_review;
                             });
  whole.state.as_of = as_of;
  return whole;
}

United united(const ReadTxn& txn, const RecordKey& record, const RecordType& type) {
  return united(txn, record, stored_states(txn)(record).value_or(RecordState{}), type);
}

}  // namespace titip
