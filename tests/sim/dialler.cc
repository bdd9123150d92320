#include "tests/sim/dialler.hh"

#include <algorithm>
#include <utility>

#include "core/agent_changes.hh"
#include "core/check.hh"
#include "core/district_store.hh"
#include "core/limits.hh"
#include "core/meta.hh"
#include "core/mutants.hh"
#include "core/registry.hh"
#include "core/replace_hub.hh"
#include "core/trim.hh"
#include "tests/sim/mutants.hh"
#include "tests/support/replication_world.hh"

namespace titip {

namespace {

constexpr int commit_ms_max = 60;
constexpr TimeMs at_rest_ms = 60 * 60'000;  // a multiple of what a session asks for
constexpr TimeMs year_ms = TimeMs{365} * 86'400'000;

}  // namespace

SimDialler::SimDialler(std::size_t index, CastMember member, const Around& around,
                       Committed committed, const MemoryStore::Tables* copy)
    : index_(index),
      member_(std::move(member)),
      agenda_(around.agenda),
      random_(around.random),
      network_(around.network),
      committed_(std::move(committed)) {
  if (!member_.is_agent()) prefix_ = hub_prefix(hub_id("the only hub"));
  const Incarnation incarnation = random_.next() | 1;
  if (copy != nullptr) {
    store_.put_back(*copy);
  } else {
    store_.write([&](WriteTxn& whole) {
      PrefixedWrite txn(whole, prefix_);
      begin_incarnation(txn, incarnation);
    });
  }
  const TimeMs errors[] = {0, 0, -3'600'000, 600'000, 10 * year_ms, -world_begins};
  const auto error = errors[random_.below(std::size(errors))];
  if (around.clocks_are_wrong) clock_error_ms_ = error;
  drift_ppm_ = random_.between(-200, 200);
}

void SimDialler::start(bool reboot) {
  lose_power();
  hang_up();
  ++life_;
  if (reboot || boot_ == 0) {
    boot_ = static_cast<std::uint32_t>(random_.next() | 1);
    booted_at_ = agenda_.now();
  }
  queue_ = {};
  ids_.emplace(random_.next());
  LinkSession::Setup setup;
  if (member_.is_agent()) {
    setup.receives = {StreamKind::hub_changes};
  } else {
    setup.sends.clear();
    setup.receives = {StreamKind::hub_journal, StreamKind::hub_changes};
  }
  setup.enrolled = certificate().has_value();
  setup.device_public_key = member_.device_key();
  setup.schema_fingerprint = Registry::ilp().fingerprint();
  setup.seed = random_.next();
  setup.certificate_holds = [](const EnrolledMessage& message) {
    return decode_certificate(message.certificate).has_value();
  };
  session_.emplace(std::move(setup));
  wake_at(agenda_.now());
}

std::optional<Certificate> SimDialler::certificate() {
  const auto txn = read();
  const auto value = txn.get(Table::meta, meta::certificate);
  return value ? decode_certificate(*value) : std::nullopt;
}

std::optional<Result<Saved>> SimDialler::save(const EventDraft& draft) {
  const auto own = certificate();
  std::optional<Result<Saved>> saved;
  try {
    store_.write([&](WriteTxn& txn) {
      const IntakeContext context{
          Registry::ilp(),     *ids_,           surroundings().clock, 540, member_.kind,
          own ? own->node : 0, member_.facility};
      saved = save_draft(txn, draft, context);
    });
  } catch (const StoreFull&) {
    return std::nullopt;
  }
  if (saved->ok()) perform(session_->appended(read(), agenda_.now()));
  return saved;
}

bool SimDialler::save_opaque(Lane lane, std::string_view bytes) {
  try {
    store_.write([&](WriteTxn& txn) { put_opaque(txn, lane, bytes); });
  } catch (const StoreFull&) {
    return false;
  }
  perform(session_->appended(read(), agenda_.now()));
  return true;
}

void SimDialler::trim() {
  try {
    store_.write([](WriteTxn& txn) { trim_journal(txn, limits::trim_events_max); });
  } catch (const StoreFull&) {
    return;  // another time
  }
}

void SimDialler::put_back(const MemoryStore::Tables& copy) {
  in_flight_.reset();
  store_.put_back(copy);
  start(true);
}

void SimDialler::join_again() {
  store_.write([&](WriteTxn& whole) {
    PrefixedWrite txn(whole, prefix_);
    replace_hub(txn, "titip://");
  });
  start(true);
}

void SimDialler::connected(std::uint64_t socket) {
  if (socket != socket_ || !has_socket_) return;
  perform(session_->connected(read(), surroundings(), agenda_.now()));
}

void SimDialler::frame(std::uint64_t socket, const std::string& bytes) {
  if (socket != socket_ || !has_socket_) return;
  perform(session_->frame(read(), bytes, surroundings(), agenda_.now()));
}

void SimDialler::ended(std::uint64_t socket, LinkEnd end) {
  if (socket != socket_ || !has_socket_) return;
  hang_up();
  perform(session_->ended(read(), end, agenda_.now()));
}

void SimDialler::fill(bool full) {
  const auto left = random_.chance(400) ? 0u : random_.below(6'000);
  store_.set_capacity(full ? store_.usage().used_bytes + left
                           : std::numeric_limits<std::size_t>::max());
}

void SimDialler::perform(LinkActions actions) {
  wake_at(actions.wake);
  queue_.add(std::move(actions), socket_);
  go_on();
}

void SimDialler::go_on() {
  for (;;) {
    if (const auto* orders = queue_.to_store()) return commit(*orders);
    const auto ready = queue_.next();
    if (!ready) return;
    finish(*ready);
  }
}

void SimDialler::commit(std::vector<LinkOrder> orders) {
  in_flight_ = std::move(orders);
  agenda_.after(random_.between(1, commit_ms_max), [this, life = life_] {
    if (life != life_) return;
    const bool stored = write_in_flight([](MemoryStore& store) {
      store.sync();
      return true;
    });
    // It may die between its commit and what follows from it.
    agenda_.after(random_.between(0, commit_ms_max), [this, life, stored] {
      if (life != life_) return;
      if (!stored) {
        queue_.not_stored();
        return perform(session_->not_stored(agenda_.now()));
      }
      queue_.stored();
      go_on();
    });
  });
}

// `keep` syncs the commit, or not, and says which. Nobody sees it before that: LMDB shows readers
// what is synced, and whoever else writes waits. False: no room, a hole, or not kept.
bool SimDialler::write_in_flight(const std::function<bool(MemoryStore&)>& keep) {
  const auto orders = *std::exchange(in_flight_, std::nullopt);
  bool whole_order = false;
  try {
    store_.commit([&](WriteTxn& whole) {
      PrefixedWrite txn(whole, prefix_);
      whole_order = store(txn, orders);
    });
  } catch (const StoreFull&) {
    return false;
  }
  const bool stored = keep(store_) && whole_order;
  if (stored) committed_(orders);
  return stored;
}

// A commit that nobody was told of yet is wholly there afterwards, or not at all.
void SimDialler::lose_power() {
  if (!in_flight_) return;
  write_in_flight([this](MemoryStore& store) {
    const bool was_synced = random_.chance(500);
    was_synced ? store.sync() : store.power_cut();
    return was_synced;
  });
}

// As io/node_link.cc does: what follows a hole is not kept, but what came before it is.
bool SimDialler::store(WriteTxn& txn, const std::vector<LinkOrder>& orders) {
  for (const auto& order : orders) {
    if (order.received) {
      if (!follows_held(txn, *order.received)) return false;
      keep(txn, *order.received);
    }
    apply_link_order(txn, order);
    if (order.answer && mutant(Mutant::overlay_dropped_at_ack)) drop_overlay(txn);
  }
  return true;
}

void SimDialler::keep(WriteTxn& txn, const Received& received) {
  if (member_.is_agent()) {
    apply_changes(txn, received.items, received.held.position.epoch, Registry::ilp());
  } else if (received.kind == StreamKind::hub_changes) {
    keep_changes(txn, received);
  } else {
    keep_journal(txn, received);
  }
}

void SimDialler::finish(const LinkQueue::Ready& ready) {
  bool close = ready.actions.close;
  if (has_socket_ && ready.socket == socket_) {
    for (const auto& frame : ready.actions.send) {
      close = !network_.send_up(index_, socket_, frame) || close;
    }
    if (close) {
      hang_up();
      if (!ready.actions.close) {
        perform(session_->ended(read(), LinkEnd::lost, agenda_.now()));
      }
    }
  }
  if (ready.actions.dial) dial();
}

void SimDialler::dial() {
  hang_up();
  ++socket_;
  has_socket_ = true;
  network_.dial(index_, socket_,
                session_->enrolled() ? member_.device_key() : member_.invitation_key());
}

void SimDialler::hang_up() {
  if (has_socket_) network_.hang_up(index_, socket_);
  has_socket_ = false;
}

void SimDialler::wake_at(TimeMs at) {
  // A session that wants to be called at once, for ever, must not stop the world.
  agenda_.after(std::max<TimeMs>(at - agenda_.now(), 1),
                [this, life = life_, number = ++wake_number_] {
                  if (life != life_ || number != wake_number_) return;
                  auto actions = session_->tick(read(), agenda_.now());
                  // Most of the time nothing happens, and asking each minute is half the work.
                  if (session_->at_rest() && actions.send.empty()) {
                    actions.wake = agenda_.now() + at_rest_ms;
                  }
                  perform(std::move(actions));
                });
}

Surroundings SimDialler::surroundings() {
  const auto drift = agenda_.now() / 1'000'000 * drift_ppm_;
  Surroundings around;
  around.clock = {world_begins + agenda_.now() + clock_error_ms_ + drift,
                  static_cast<UptimeMs>(agenda_.now() - booted_at_), boot_};
  around.fresh_nonce = random_.next() | 1;
  around.fresh_incarnation = random_.next() | 1;
  return around;
}

}  // namespace titip
