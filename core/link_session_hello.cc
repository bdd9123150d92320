// What the side that dials says first: who it is, what it holds, and its first batch.

#include <algorithm>

#include "core/asides.hh"
#include "core/epochs.hh"
#include "core/limits.hh"
#include "core/link_session.hh"
#include "core/meta.hh"
#include "core/version.hh"

namespace titip {

namespace {

constexpr std::uint64_t nonce_step_max = 1 << 16;

}  // namespace

void LinkSession::say_hello(const ReadTxn& txn, const Surroundings& around, TimeMs now,
                            LinkActions& actions) {
  incarnation_ = current_incarnation(txn);
  forget_session();
  const auto nonces = meta::session_nonces(txn);
  nonce_ = nonces.last + std::max<std::uint64_t>(1, around.fresh_nonce % nonce_step_max);
  LinkOrder order;
  order.hello_nonce = nonce_;  // durable before it is said, or a copy might say it, too
  actions.store.push_back(std::move(order));
  HelloMessage hello;
  hello.protocol_min = hello.protocol_max = limits::protocol_version;
  hello.software = software_version;
  hello.schema_fingerprint = setup_.schema_fingerprint;
  hello.nonce = nonce_;
  hello.since = nonces.welcomed;
  hello.incarnation = incarnation_;
  hello.hub_highest = meta::get_position(txn, meta::hub_highest).value_or(Position{});
  hello.clock = around.clock;
  hello.status = around.status;
  hello.status.backlog_events = waiting_events(txn);
  if (hello.status.backlog_events > 0) {
    hello.status.oldest_unsent_seconds = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(oldest_unsent_seconds(txn, around.clock.wall), ~0u));
  }
  // A full device keeps its room to send out what it holds.
  taking_ = true;
  if (!around.room && !setup_.receives.empty()) stop_taking(now, actions);
  for (const auto kind : setup_.receives) {
    if (!taking_) break;
    const auto held = meta::held(txn, kind);
    hello.holds.push_back({{kind, Lane::routine, held.position.epoch}, held.position, held.hash});
  }
  hello.proof = proof(txn);
  if (!setup_.sends.empty()) {
    auto own = parentage(txn);
    hello.parent_incarnation = own.parent;
    hello.branches = std::move(own.branches);
  }
  for (const auto lane : setup_.sends) {
    hello.heads.push_back(journal_head(txn, lane));
    auto& sender = senders_.emplace(lane, Sender({StreamKind::agent_journal, lane, incarnation_}))
                       .first->second;
    // The urgent lane has the one place if it has anything to say.
    if (!hello.first) {
      hello.first = sender.first(LaneSource(txn, lane), meta::acknowledged(txn, lane).seq, now);
    }
  }
  actions.send.push_back(encode_frame(hello));
}

std::optional<Proof> LinkSession::proof(const ReadTxn& txn) const {
  Proof proof;
  if (show_certificate_) {
    proof.certificate = txn.get(Table::meta, meta::certificate).value_or(std::string_view{});
    proof.signature = txn.get(Table::meta, meta::signature).value_or(std::string_view{});
  }
  if (std::ranges::find(setup_.receives, StreamKind::hub_journal) != setup_.receives.end()) {
    const auto held = meta::held(txn, StreamKind::hub_journal);
    if (held.position.offset > 0) {
      proof.epochs = line_of(txn, held.position.epoch, limits::epochs_per_frame_max).entries();
    }
    for (const auto& aside : asides(txn)) {
      if (proof.asides.size() == limits::asides_per_frame_max) break;
      proof.asides.push_back({aside.tip.position, aside.handed_in, aside.taken});
    }
  }
  if (proof.certificate.empty() && proof.epochs.empty() && proof.asides.empty()) {
    return std::nullopt;
  }
  return proof;
}

}  // namespace titip
