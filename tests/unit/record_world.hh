#pragma once

// A random history of one record: agents and a hub, screens opened a while ago, stores restored or
// copied so that their journals go on in new lives, and perhaps a disaster.

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
    for (std::size_t agent = 0; agent < agents; ++agent) lives_[agent] = 10 + agent;
    write(0, Op::create);
    for (unsigned i = 0; i < steps; ++i) step();
  }

  // One agent after another gets a new life, and all live on. Before a disaster only: what a
  // restored store has lost it could not send again.
  void renew_lives() {
    const auto times = 1 + pick(3);
    for (unsigned i = 0; i < times; ++i) {
      pick(2) == 0 ? restore(pick(agents)) : mint(pick(agents));
      const auto steps = pick(8);
      for (unsigned step_number = 0; step_number < steps; ++step_number) step();
    }
  }

  // Somebody who has seen what they have settles some of it, or all. The index of the `resolve`.
  std::size_t resolve() {
    write(pick(agents), Op::resolve);
    return made_.size() - 1;
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
      if (pick(4) == 0 && !early.placements.empty()) {
        early.placements.clear();
        early.order = {static_cast<TimeMs>(pick(9)), Confidence::wall, 1};
      }
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
    switch (pick(9)) {
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
      case 7: return write(agent, pick(2) == 0 ? Op::link : Op::unlink);
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

  // The store comes back as it was some time ago. The hub holds what it wrote since.
  void restore(std::size_t agent) {
    send(agent);
    auto& screens = older_[agent];
    if (screens.empty()) return;
    screens.resize(1 + pick(static_cast<unsigned>(screens.size())));
    views_[agent] = screens.back();
    begin_life(agent, views_[agent].seq);
  }

  // What the hub does not hold yet moves into the new life, under its old ids.
  void mint(std::size_t agent) {
    const auto life = lives_[agent];
    Seq held = life_begins_[agent];
    std::size_t own = 0;
    for (const Made& made : made_) {
      if (made.agent == agent && own++ < sent_[agent] && carrier_of(made.write) == life) {
        held = std::max(held, made.write.id.seq);
      }
    }
    begin_life(agent, held);
    own = 0;
    for (Made& made : made_) {
      if (made.agent == agent && own++ >= sent_[agent]) made.write.carrier = lives_[agent];
    }
  }

  void begin_life(std::size_t agent, Seq shared) {
    const Incarnation fresh = 100 + lines_.incarnations.size();
    lines_.incarnations[fresh] = {lives_[agent], shared};
    lives_[agent] = fresh;
    life_begins_[agent] = shared;
    seqs_[agent] = views_[agent].seq;
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
    write.id = {lives_[agent], ++seqs_[agent], {random_(), 1}, Lane::routine};
    if (op != Op::create) {
      write.basis = view.basis;
      write.seen = view.seq;
    }
    write.order = {static_cast<TimeMs>(pick(50)), Confidence::anchored, 1};
    if (write.of_pair()) write.other = 0x91 + pick(2);
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
  std::array<Incarnation, agents> lives_{};
  std::array<Seq, agents> life_begins_{};
  std::array<Seq, agents> seqs_{};
  std::array<View, agents> views_;
  std::array<std::vector<View>, agents> older_;
};

}  // namespace titip::test
