// What an agent is told of how far its events have come, and what it believes of it, is true.

#include <algorithm>

#include "core/agent_journal.hh"
#include "core/lineage.hh"
#include "core/meta.hh"
#include "tests/sim/watch.hh"

namespace titip {

// However high they stood: once a hub has said how it stands, no mark is above that.
void Watch::check_marks(SimDialler& agent, const std::vector<LinkOrder>& orders) {
  std::map<std::pair<Lane, bool>, Seq> told;  // whether of custody
  for (const auto& order : orders) {
    if (!order.answer) continue;
    const auto hear = [&](const std::vector<Head>& heads, bool custody) {
      for (const auto& head : heads) {
        const auto known = told.find({head.lane, custody});
        if (order.answer->stands_now) {
          told[{head.lane, custody}] = head.seq;
        } else if (known != told.end()) {
          known->second = std::max(known->second, head.seq);
        }
      }
    };
    hear(order.answer->acknowledged, false);
    hear(order.answer->safe, true);
  }
  const auto txn = agent.read();
  for (const auto& [what, seq] : told) {
    const auto& [lane, custody] = what;
    const auto mark = custody ? meta::safe(txn, lane) : meta::acknowledged(txn, lane).seq;
    if (mark <= seq) continue;
    fault(FaultKind::false_receipt, agent.member().label() + " counts on " + describe(lane, mark) +
                                        (custody ? " in custody" : " at the hub") +
                                        ", and was told of " + std::to_string(seq));
  }
}

// What a node believes is what it was told; only a store that went back can make it untrue.
void Watch::check_receipts(SimDialler& agent) {
  const auto txn = agent.read();
  for (const auto lane : all_lanes) {
    check_claim(0, agent, meta::acknowledged(txn, lane), meta::safe(txn, lane));
  }
}

// That a hub holds an agent's lane up to there, and that a custodian does. The hash says whether it
// is this device's journal that the hub speaks of.
void Watch::check_claim(std::size_t hub, SimDialler& agent, const Head& have, Seq safe) {
  const auto txn = agent.read();
  const auto check_each = [&](Seq from, Seq to, const auto& holds, const char* where) {
    // What it let go of, up to the entry that it keeps for its hash, is not the hub's to confirm.
    for (Seq seq = std::max(from, journal_floor(txn, have.lane)) + 1; seq <= to; ++seq) {
      const auto id = id_at(txn, have.lane, seq);
      if (!id || holds(*id)) continue;
      fault(FaultKind::false_receipt, agent.member().label() + " is told that " +
                                          describe(have.lane, seq) + " is " + where +
                                          ", which it is not");
      return;
    }
  };
  const auto here = LaneSource(txn, have.lane).hash_at(have.seq);
  // It will go on under a name of its own, or this was said to what it was before.
  if (have.seq > journal_last(txn, have.lane) || (here && *here != have.hash)) return;
  if (here) {
    auto& known = true_[{hub, agent.index(), have.lane}];
    check_each(
        known, have.seq, [&](const EventId& id) { return hubs_[hub]->books.holds(id); },
        "at the hub");
    known = std::max(known, have.seq);
  }
  if (safe == 0 || safe > journal_last(txn, have.lane)) return;
  auto& known = true_safe_[{hub, agent.index(), have.lane}];
  check_each(
      known, safe, [&](const EventId& id) { return in_custody_.contains(id); }, "in custody");
  known = std::max(known, safe);
}

}  // namespace titip
