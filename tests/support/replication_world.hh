#pragma once

// One agent and one hub: the real sessions over stores in memory, joined by a link in memory, under
// virtual time. What happens comes from the caller and the seed alone; what must hold at every step
// is checked here.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/hub_sessions.hh"
#include "core/link_session.hh"
#include "tests/support/memory_kv.hh"
#include "tests/support/seeded.hh"

namespace titip {

// Something new of that lane, invented.
EventDraft sample_draft(Lane lane, std::uint64_t number);

// Puts bytes into an agent's journal that no intake would write.
void put_opaque(WriteTxn& txn, Lane lane, std::string_view bytes);

// A frame in a few words: what a golden conversation shows.
std::string describe_frame(std::string_view bytes);

class ReplicationWorld {
 public:
  struct Pace {
    TimeMs frame_ms_max = 1;   // a frame's way; never overtaking another
    TimeMs commit_ms_max = 1;  // of either store
  };

  ReplicationWorld(std::uint64_t seed, Pace pace);

  bool save(Lane lane);  // false: the agent's store is full
  bool save_opaque(Lane lane, std::string_view bytes);
  void network(bool there);  // without it links break and dials go unanswered
  void cut();
  void restart_agent();
  void restart_hub();  // under a new epoch; what was not committed is lost
  void fill_agent(bool full) { fill(agent_store_, full); }
  void fill_hub(bool full) { fill(hub_store_, full); }
  void hub_has_room(bool room) { hub_->set_room(room); }
  void duplicate_next_frame() { duplicate_next_ = true; }  // of the agent's

  void run(TimeMs ms);
  // Whether the agent knows that the hub holds everything.
  bool settled();

  // What is wrong so far, and what is not the same on both sides; call the latter once settled.
  const std::vector<std::string>& faults() const { return faults_; }
  std::vector<std::string> differences();

  MemoryStore& agent_store() { return agent_store_; }
  MemoryStore& hub_store() { return hub_store_; }
  void on_traffic(std::function<void(const std::string&)> tell) { tell_ = std::move(tell); }

 private:
  struct Pending {
    LinkActions actions;
    std::uint64_t link = 0;
  };

  void at(TimeMs when, std::function<void()> what) { agenda_[{when, ++order_}] = std::move(what); }
  TimeMs delay(TimeMs longest) { return random_.between(1, static_cast<int>(longest)); }
  void fill(MemoryStore& store, bool full);
  void tell(const std::string& line) const {
    if (tell_) tell_(line);
  }

  void begin_agent();
  void begin_hub();
  void agent_does(LinkActions actions);
  void agent_goes_on();
  void agent_stores();
  void agent_finishes_front();
  void dial();
  void to_hub(std::string frame);
  void to_agent(const std::string& frame);
  void break_link();  // both sides learn of it, each in its own time
  void hub_does(HubActions actions);
  void hub_commits();
  void check_honest(const std::string& frame);
  void check_acknowledged();
  Head held_by_hub(Lane lane);
  Surroundings surroundings();

  Seeded random_;
  Pace pace_;
  TimeMs now_ = 0;
  std::uint64_t order_ = 0;
  std::map<std::pair<TimeMs, std::uint64_t>, std::function<void()>> agenda_;
  std::function<void(const std::string&)> tell_;
  std::vector<std::string> faults_;

  MemoryStore agent_store_;
  std::optional<LinkSession> agent_;
  RecordIds agent_ids_{1};
  std::deque<Pending> pending_;
  bool storing_ = false;
  std::uint64_t agent_life_ = 0;
  TimeMs wake_ = 0;
  std::uint64_t saved_ = 0;

  bool network_ = false;
  bool link_up_ = false;
  std::uint64_t link_ = 0;  // the socket's number: its frames and its end are its own
  bool has_socket_ = false;
  std::string link_key_;
  TimeMs to_hub_at_ = 0;
  TimeMs to_agent_at_ = 0;
  bool duplicate_next_ = false;

  MemoryStore hub_store_;
  std::optional<HubSessions> hub_;
  RecordIds hub_ids_{1000};
  std::deque<HubOrder> orders_;
  bool committing_ = false;
  std::uint64_t hub_life_ = 0;
  std::uint64_t epoch_ = 0;
};

}  // namespace titip
