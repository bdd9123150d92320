#pragma once

// A random history of one record: agents and a hub, screens opened a while ago, and perhaps a
// disaster.

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "tests/unit/record_model.hh"

namespace titip::test {

inline constexpr std::size_t agents = 3;
inline constexpr std::uint64_t first_epoch = 1;
inline constexpr std::uint64_t second_epoch = 2;

struct View {
  Position basis;
  Seq seq = 0;
  Events known;
};

class World {
 public:
  World(unsigned seed, unsigned steps) : random_(seed) {
    write(0, Op::create);
    for (unsigned i = 0; i < steps; ++i) step();
  }

  // The hub comes back from a backup: agents send again what it has lost, and life goes on.
  void roll_back() {
    const auto kept = pick(static_cast<unsigned>(journal_.size()) + 1);
    lines_.epochs[second_epoch] = {first_epoch, kept};
    journal_.resize(kept);
    epoch_ = second_epoch;
    std::vector<std::size_t> order{0, 1, 2};
    std::shuffle(order.begin(), order.end(), random_);
    for (const auto agent : order) {
      sent_[agent] = 0;
      for (const auto i : journal_) sent_[agent] += made_[i].agent == agent ? 1u : 0u;
      if (pick(4) != 0) send(agent);
    }
    const auto steps = pick(10);
    for (unsigned i = 0; i < steps; ++i) step();
  }

  std::vector<std::size_t> in_order() const {
    std::vector<std::size_t> order(made_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    return order;
  }

  RecordState apply(const std::vector<std::size_t>& order) const {
    RecordState state;
    for (const auto i : order) apply_write(state, made_[i].write, {}, &policies().type, lines_);
    return state;
  }

  // Everything at least once, in any order; some first as their own device knew them, some as a hub
  // did before its disaster.
  RecordState apply_shuffled() {
    std::vector<std::size_t> order = in_order();
    for (const auto i : in_order()) {
      if (pick(3) == 0) order.push_back(i);
    }
    std::shuffle(order.begin(), order.end(), random_);
    RecordState state;
    for (const auto i : order) {
      Write early = made_[i].write;
      if (pick(4) == 0) early.placements.clear();
      if (pick(4) == 0 && early.placements.size() > 1)
        early.placements.erase(early.placements.begin());
      apply_write(state, early, {}, &policies().type, lines_);
    }
    for (const auto i : order) apply_write(state, made_[i].write, {}, &policies().type, lines_);
    return state;
  }

  void turn_clocks() {
    for (Made& made : made_) {
      made.write.order = {static_cast<TimeMs>(pick(9)), static_cast<Confidence>(pick(3)),
                          static_cast<std::uint8_t>(1 + pick(4))};
    }
  }

  const std::vector<Made>& made() const { return made_; }

 private:
  unsigned pick(unsigned below) {
    return below == 0 ? 0 : static_cast<unsigned>(random_() % below);
  }

  void step() {
    const auto agent = pick(agents);
    View& view = views_[agent];
    switch (pick(8)) {
      case 0:
      case 1: return send(agent);
      case 2:
      case 3:
        if (!journal_.empty()) view.basis = {epoch_, journal_.size()};
        view.known.insert(journal_.begin(), journal_.end());
        older_[agent].push_back(view);
        return;
      case 4: return write(agent, pick(3) == 0 ? Op::retract : Op::set);
      case 5: return write(agent, Op::resolve);
      case 6: return write(agent, view.known.empty() && pick(2) == 0 ? Op::create : Op::set);
      default: return write(agent, Op::set);
    }
  }

  void send(std::size_t agent) {
    std::size_t own = 0;
    for (std::size_t i = 0; i < made_.size(); ++i) {
      if (made_[i].agent != agent || own++ < sent_[agent]) continue;
      journal_.push_back(i);
      auto& placements = made_[i].write.placements;
      placements.insert(placements.begin(), Position{epoch_, journal_.size()});
      ++sent_[agent];
    }
  }

  void write(std::size_t agent, Op op) {
    // Some authors write from a screen that was opened a while ago.
    View& now = views_[agent];
    const bool old_screen = op != Op::create && !older_[agent].empty() && pick(5) == 0;
    const View view =
        old_screen ? older_[agent][pick(static_cast<unsigned>(older_[agent].size()))] : now;

    Made made;
    made.agent = agent;
    made.seen = op == Op::create ? Events{} : view.known;
    Write& write = made.write;
    write.op = op;
    write.id = {10 + agent, ++seqs_[agent], {random_(), 1}, Lane::routine};
    if (op != Op::create) {
      write.basis = view.basis;
      write.seen = view.seq;
    }
    write.order = {static_cast<TimeMs>(pick(50)), Confidence::anchored, 1};
    if (op == Op::resolve) choose_settled(made, view);
    if (op == Op::create || op == Op::set || (op == Op::resolve && pick(3) != 0))
      choose_values(made);
    write.payload = payload_of(policies().type, made.values);

    now.known.insert(made_.size());
    now.seq = seqs_[agent];
    older_[agent].push_back(now);
    made_.push_back(std::move(made));
  }

  void choose_settled(Made& made, const View& view) {
    for (const auto i : view.known) {
      if (pick(2) == 0) made.write.settles.push_back(made_[i].write.id);
    }
    std::sort(made.write.settles.begin(), made.write.settles.end());
  }

  void choose_values(Made& made) {
    for (const FieldRules* field : all_fields()) {
      const auto chosen = pick(6);
      if (chosen < 3) made.values.emplace_back(field, 1 + static_cast<int>(chosen));
      if (chosen <= 3) made.write.fields |= field->bit();
      if (chosen == 3) made.write.cleared |= field->bit();
    }
    if (made.write.fields != 0) return;
    made.values.emplace_back(policies().review, 1);
    made.write.fields = policies().review->bit();
  }

  std::mt19937 random_;
  Lines lines_;
  std::uint64_t epoch_ = first_epoch;
  std::vector<Made> made_;
  std::vector<std::size_t> journal_;
  std::array<std::size_t, agents> sent_{};
  std::array<Seq, agents> seqs_{};
  std::array<View, agents> views_;
  std::array<std::vector<View>, agents> older_;
};

}  // namespace titip::test
