#include "core/record_group.hh"

#include <algorithm>

#include "core/limits.hh"
#include "core/record_frontier.hh"

namespace titip {

namespace {

std::vector<RecordId> joined_by(bool PairWord::*word_says, const StateOf& state_of,
                                const RecordKey& record, std::size_t at_most) {
  std::vector<RecordId> members{record.id};
  for (std::size_t next = 0; next < members.size(); ++next) {
    const auto state = state_of({record.type, members[next]});
    if (!state) continue;
    for (const auto& word : pair_words(*state)) {
      if (!(word.*word_says) || std::ranges::count(members, word.other) > 0) continue;
      if (members.size() == at_most) break;
      members.push_back(word.other);
    }
  }
  std::ranges::sort(members);
  return members;
}

}  // namespace

bool has_pairs(const RecordState& state) {
  return std::any_of(state.writes.begin(), state.writes.end(),
                     [](const Write& write) { return write.of_pair(); });
}

Write mirrored(Write write, RecordId record) {
  write.other = record;
  return write;
}

std::size_t own_writes(const RecordState& state) {
  return static_cast<std::size_t>(
      std::ranges::count_if(state.writes, [](const Write& write) { return !write.of_pair(); }));
}

bool has_room_for(const RecordState& state, Op op) {
  const auto own = own_writes(state);
  if (op == Op::link || op == Op::unlink) return state.writes.size() - own < limits::pair_words_max;
  return op == Op::resolve || own < limits::record_writes_max;
}

std::vector<PairWord> pair_words(const RecordState& state) {
  std::vector<const Write*> shown;  // one of each pair
  std::vector<PairWord> words;
  for (const Write& write : state.writes) {
    if (!write.of_pair() || !write.alive_live || write.other == 0) continue;
    const auto word = std::ranges::find(words, write.other, &PairWord::other);
    if (word == words.end()) {
      words.push_back({write.other, write.op == Op::link, write.op == Op::link, false});
      shown.push_back(&write);
      continue;
    }
    auto& by = shown[static_cast<std::size_t>(word - words.begin())];
    word->contested = word->contested || by->op != write.op;
    word->linked = word->linked || write.op == Op::link;
    if (!outranks(write, *by)) continue;
    by = &write;
    word->same = write.op == Op::link;
  }
  std::ranges::sort(words, {}, &PairWord::other);
  return words;
}

StateOf stored_states(const ReadTxn& txn) {
  return [&txn](const RecordKey& record) -> std::optional<RecordState> {
    const auto value = txn.get(Table::records, record_key(record));
    return value ? std::optional(decode_record_state(*value)) : std::nullopt;
  };
}

std::vector<RecordId> shown_group(const StateOf& state_of, const RecordKey& record) {
  return joined_by(&PairWord::same, state_of, record, limits::group_members_max);
}

std::vector<RecordId> group_of(const StateOf& state_of, const RecordKey& record,
                               std::size_t at_most) {
  return joined_by(&PairWord::linked, state_of, record, at_most);
}

std::vector<RecordId> group_of(const StateOf& state_of, const RecordKey& record) {
  return group_of(state_of, record, limits::group_members_max);
}

Position seen_as_of(const ReadTxn& txn, const RecordKey& record, const RecordState& state,
                    const History& history) {
  if (!has_pairs(state)) return state.as_of;
  auto oldest = state.as_of;
  const auto state_of = stored_states(txn);
  for (const auto id : group_of(state_of, record)) {
    if (id == record.id) continue;
    const auto member = state_of({record.type, id});
    const auto held = member ? member->as_of : Position{};
    if (held == oldest || (held.epoch != 0 && history.covers(held, oldest))) continue;
    const bool older = oldest.epoch != 0 && held.epoch != 0 && history.covers(oldest, held);
    oldest = older ? held : Position{};
    if (oldest == Position{}) break;
  }
  return oldest;
}

}  // namespace titip
