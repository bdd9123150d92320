#pragma once

// The hub: its real sessions over its store, performed as hub/link.cc does.

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/hub_sessions.hh"
#include "core/save_draft.hh"
#include "tests/sim/agenda.hh"
#include "tests/sim/cast.hh"
#include "tests/sim/ledger.hh"
#include "tests/sim/network.hh"
#include "tests/support/memory_kv.hh"
#include "tests/support/seeded.hh"

namespace titip {

class SimHub {
 public:
  struct Events {
    std::function<void()> committed;
    std::function<void()> went_back;  // a commit that was answered was never synced
    // In a commit: what was saved, and what its author saw.
    std::function<void(const EventDraft&, const Result<Saved>&, const Sight&)> put;
    std::function<void(const std::string& route, const std::string& frame)> sends;
  };

  // How a hub comes about: with nothing but invitations; as a copy of another; or by its keys
  // alone.
  using Beginning = std::function<void(MemoryStore& store)>;
  static Beginning founded(const std::vector<CastMember>& cast);
  static Beginning copied(MemoryStore::Tables copy);
  static Beginning restored(MemoryStore::Tables copy);  // by `titip-hub restore`
  static Beginning made_anew(const std::vector<CastMember>& not_enrolled);

  SimHub(const Beginning& beginning, Agenda& agenda, Seeded& random, SimNetwork& network,
         Events events);

  // Its store is another one from now on; it starts again.
  void begin_again(const Beginning& beginning);
  // For good.
  void stop();
  bool runs() const { return runs_; }
  // Anew, if it was invited before.
  void invite(const CastMember& member);
  // An administrator confirms whoever is pending, and lets it send down again if `proceed`.
  void operate(bool proceed);

  // Or start again, under a new epoch: what was not committed is lost, and perhaps the commit in
  // flight.
  void start();
  bool admits(const std::string& key) const { return sessions_->admits(key); }
  void frame(const std::string& route, const std::string& key, const std::string& bytes);
  void left(const std::string& route) { sessions_->left(route); }
  void put(EventDraft draft, Sight page);  // by the hub's own people, from a page or as it stands
  void fill(bool full);                    // but for what a small commit needs, perhaps
  void low(bool low) { low_ = low; }
  MemoryStore& store() { return store_; }

 private:
  struct Job {
    std::optional<HubOrder> order;
    std::optional<EventDraft> put;
    Sight sight;  // of its author
    bool operate = false;
    bool proceed = false;
    std::optional<HubOutcome> outcome;
    std::optional<Result<Saved>> saved;
  };

  void perform(HubActions actions);
  void pump();
  void commit_next();
  std::size_t write_in_flight();
  std::size_t commit(std::size_t jobs);  // how many of them: all, or none
  void kept(std::size_t committed);
  void lose_power();
  void sync_some_day();
  void run(WriteTxn& txn, Job& job);
  void finish(bool full);
  void pump_regularly();

  Agenda& agenda_;
  Seeded& random_;
  SimNetwork& network_;
  Events events_;
  MemoryStore store_;
  std::optional<HubSessions> sessions_;
  std::optional<RecordIds> ids_;
  std::deque<Job> jobs_;
  bool runs_ = false;
  bool committing_ = false;
  bool in_flight_ = false;  // handed over, and not known to be committed
  bool all_synced_ = true;  // else it has answered for what a power cut takes
  bool low_ = false;
  bool busy_ = false;  // since it last looked around
  TimeMs pump_after_ms_ = 0;
  std::uint64_t life_ = 0;
  std::uint64_t epoch_ = 0;
};

}  // namespace titip
