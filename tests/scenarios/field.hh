#pragma once

// The field in which stories happen: two posts (Mawar at PSY-1, Melati at PSY-2), the hub of their
// health centre (PKM-1) and a district (Dinas, a custodian); the simulator's nodes, which run the
// shipped state machines over stores in memory under virtual time. Nothing goes wrong here but what
// the story says.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/scenarios/names.hh"
#include "tests/sim/agenda.hh"
#include "tests/sim/dialler.hh"
#include "tests/sim/hub.hh"
#include "tests/sim/network.hh"

namespace titip {

class Field {
 public:
  using Tell = std::function<void(const std::string& line)>;

  explicit Field(Tell tell);

  // Whatever the story names that there is not is a StoryError.
  SimDialler& node(const std::string& name);
  void reach(const std::string& name, bool there);
  void lose_link(const std::string& name);
  // The next frame of that kind, from or to the node, is lost and its link with it.
  void lose_link_under(const std::string& name, const std::string& frame_kind);

  // JSON as people type it; `called`: what the story calls the new record, or empty.
  void save(const std::string& who, const std::string& json, const std::string& called);
  void save_samples(const std::string& who, Lane lane, int count);
  void save_bytes(const std::string& who, const std::string& bytes);

  void copy(const std::string& who, const std::string& as);
  void put_back(const std::string& who, const std::string& copy);
  void clone(const std::string& who, const std::string& copy);

  SimHub& hub() { return *hub_; }
  void hub_begins_again(const SimHub::Beginning& beginning);
  void hub_starts_again();
  const MemoryStore::Tables& copy_called(const std::string& name) const;
  // Whose enrolment a hub that was made anew has an invitation for.
  std::vector<CastMember> not_enrolled();

  void run(TimeMs ms) { agenda_.run(ms); }
  void settle();          // until nobody has said anything for a while
  void run_until_lost();  // until the frame of lose_link_under() was

  Names& names() { return names_; }
  const Names& names() const { return names_; }
  std::vector<std::unique_ptr<SimDialler>>& nodes() { return nodes_; }
  // Events that posts ever saved and the hub does not hold; and how many were saved.
  std::set<EventId> missing_at_hub();
  std::size_t saved_count() const { return saved_.size(); }

 private:
  struct Trap {
    std::size_t node = 0;
    std::string frame_kind;
  };

  SimNetwork::Events network_events();
  SimHub::Events hub_events();
  void break_link(std::size_t node);
  void add_node(const CastMember& member, const MemoryStore::Tables* copy);
  SimDialler& switched_on(const std::string& name);
  bool trapped(std::size_t node, const std::string& frame);
  void says(const std::string& from, const std::string& to, const std::string& frame,
            const std::string& how);
  void note_saved(SimDialler& agent, Lane lane);

  Tell tell_;
  Names names_;
  Agenda agenda_;
  Seeded network_random_{1};
  Seeded hub_random_{2};
  std::deque<Seeded> node_random_;  // one each, so that nobody's draws move another's
  std::unique_ptr<SimNetwork> network_;
  std::unique_ptr<SimHub> hub_;
  std::vector<std::unique_ptr<SimDialler>> nodes_;
  std::map<std::string, MemoryStore::Tables> copies_;
  std::optional<Trap> trap_;
  std::map<std::size_t, std::string> route_of_;  // the latest of a node
  std::set<std::string> broken_routes_;          // what is under way there never arrives
  std::deque<std::string> called_at_hub_;
  std::set<EventId> saved_;
  std::uint64_t samples_ = 0;
  TimeMs last_said_ = 0;
};

}  // namespace titip
