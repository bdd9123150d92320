#include "core/open_pairs.hh"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/record_group.hh"

namespace titip {

namespace {

using Pair = std::pair<RecordId, RecordId>;  // the lower id first

Pair pair_of(RecordId one, RecordId other) { return std::minmax(one, other); }

// What is said of the pairs that the members stand in.
class Said {
 public:
  explicit Said(const std::vector<Member>& members) : members_(members) {
    for (const auto& member : members) {
      for (const auto& word : pair_words(member.state)) {
        words_.try_emplace(pair_of(member.id, word.other), word);
      }
    }
  }

  std::vector<OpenPair> open() const {
    std::vector<OpenPair> pairs;
    for (const auto& [pair, word] : words_) {
      const bool both_here = is_member(pair.first) && is_member(pair.second);
      if (!word.contested && (word.same || !both_here)) continue;
      OpenPair open;
      std::tie(open.one, open.other) = pair;
      open.same = both_here && members_.size() > 1;
      add_words(pair, open.words);
      if (open.same) open.way = way(pair);
      auto last = open.one;
      for (const auto next : open.way) {
        add_words(pair_of(std::exchange(last, next), next), open.words);
      }
      if (!open.way.empty()) add_words(pair_of(last, open.other), open.words);
      pairs.push_back(std::move(open));
    }
    return pairs;
  }

 private:
  bool is_member(RecordId id) const {
    return std::ranges::find(members_, id, &Member::id) != members_.end();
  }

  // Those that stand. Each stands in the states of both.
  void add_words(const Pair& pair, std::vector<PairSaid>& to) const {
    for (const auto& [id, state] : members_) {
      if (id != pair.first && id != pair.second) continue;
      const auto other = id == pair.first ? pair.second : pair.first;
      bool any = false;
      for (const Write& write : state.writes) {
        if (!write.of_pair() || !write.alive_live || write.other != other) continue;
        to.push_back({pair.first, pair.second, write});
        any = true;
      }
      if (any) return;
    }
  }

  // Who lies between the two on the shortest way by other links that are shown, of several the one
  // by the lowest ids.
  std::vector<RecordId> way(const Pair& pair) const {
    std::map<RecordId, RecordId> from{{pair.first, 0}};
    std::vector<RecordId> reached{pair.first};
    for (std::size_t next = 0; next < reached.size() && !from.contains(pair.second); ++next) {
      for (const auto& [step, word] : words_) {
        const auto [one, other] = step;
        if (!word.same || step == pair || (one != reached[next] && other != reached[next]))
          continue;
        const auto to = one == reached[next] ? other : one;
        if (from.try_emplace(to, reached[next]).second) reached.push_back(to);
      }
    }
    std::vector<RecordId> between;
    if (!from.contains(pair.second)) return between;
    for (auto id = from.at(pair.second); id != pair.first; id = from.at(id)) between.push_back(id);
    std::ranges::reverse(between);
    return between;
  }

  const std::vector<Member>& members_;
  std::map<Pair, PairWord> words_;
};

}  // namespace

std::vector<OpenPair> open_pairs(const std::vector<Member>& members) {
  return Said(members).open();
}

}  // namespace titip
