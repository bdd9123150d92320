#pragma once

// An agent or a district: its real session over its store, performed as io/node_link.cc does.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/link_queue.hh"
#include "core/link_session.hh"
#include "core/prefixed_kv.hh"
#include "core/save_draft.hh"
#include "tests/sim/agenda.hh"
#include "tests/sim/cast.hh"
#include "tests/sim/network.hh"
#include "tests/support/memory_kv.hh"
#include "tests/support/seeded.hh"

namespace titip {

class SimDialler {
 public:
  // `committed`: something the hub said was stored; `received`: and these were the orders.
  using Committed = std::function<void(const std::vector<LinkOrder>&)>;

  struct Around {
    Agenda& agenda;
    Seeded& random;
    SimNetwork& network;
    bool clocks_are_wrong = true;
  };

  // `copy`: of the store of the device that this one is a clone of.
  SimDialler(std::size_t index, CastMember member, const Around& around, Committed committed,
             const MemoryStore::Tables* copy = nullptr);

  // Starts, or starts again: what was in memory is lost, and perhaps the commit in flight.
  void start(bool reboot);
  bool started() const { return session_.has_value(); }

  // For an agent. Nothing: the store is full.
  std::optional<Result<Saved>> save(const EventDraft& draft);
  bool save_opaque(Lane lane, std::string_view bytes);
  void trim();

  // Its store is what it was when the copy was taken; it starts again.
  void put_back(const MemoryStore::Tables& copy);
  // By another invitation of the same hub, which has lost who it is.
  void join_again();

  void connected(std::uint64_t socket);
  void frame(std::uint64_t socket, const std::string& bytes);
  void ended(std::uint64_t socket, LinkEnd end);

  void fill(bool full);  // but for what a small commit needs, perhaps
  void step_clock(TimeMs ms) { clock_error_ms_ += ms; }

  const CastMember& member() const { return member_; }
  std::size_t index() const { return index_; }
  bool online() const { return session_ && session_->state() == LinkSession::State::online; }
  PrefixedRead read() { return {store_.read(), prefix_}; }
  // What is its hub's in a copy of its store.
  PrefixedRead part_of(std::unique_ptr<ReadTxn> whole) const { return {std::move(whole), prefix_}; }
  MemoryStore& store() { return store_; }
  std::optional<Certificate> certificate();

 private:
  void perform(LinkActions actions);
  void go_on();
  void commit(std::vector<LinkOrder> orders);
  bool write_in_flight(const std::function<bool(MemoryStore&)>& keep);
  void lose_power();
  bool store(WriteTxn& txn, const std::vector<LinkOrder>& orders);  // false: there is a hole
  void keep(WriteTxn& txn, const Received& received);
  void finish(const LinkQueue::Ready& ready);
  void dial();
  void hang_up();
  void wake_at(TimeMs at);
  Surroundings surroundings();

  std::size_t index_;
  CastMember member_;
  Agenda& agenda_;
  Seeded& random_;
  SimNetwork& network_;
  Committed committed_;
  MemoryStore store_;
  std::string prefix_;
  std::optional<LinkSession> session_;
  std::optional<RecordIds> ids_;
  std::uint64_t life_ = 0;
  std::uint64_t wake_number_ = 0;
  LinkQueue queue_;
  std::optional<std::vector<LinkOrder>> in_flight_;  // handed over, and not known to be committed
  std::uint64_t socket_ = 0;
  bool has_socket_ = false;
  std::uint32_t boot_ = 0;
  TimeMs booted_at_ = 0;
  TimeMs clock_error_ms_ = 0;
  int drift_ppm_ = 0;
};

}  // namespace titip
