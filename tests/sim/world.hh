#pragma once

// A whole field in one process: posts, a Pustu, a health centre and two districts, with
// everything that goes wrong between them. One seed decides it all.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/agenda.hh"
#include "tests/sim/dialler.hh"
#include "tests/sim/disasters.hh"
#include "tests/sim/hub.hh"
#include "tests/sim/kinds.hh"
#include "tests/sim/network.hh"
#include "tests/sim/people.hh"
#include "tests/sim/watch.hh"

namespace titip {

class SimWorld {
 public:
  using Tell = std::function<void(const std::string& line)>;

  // `tell`: what happens, line by line; may be empty.
  SimWorld(std::uint64_t seed, Troubles may, Tell tell);

  // People save at least so many events, and everything that can go wrong does.
  void live(std::uint64_t events);
  // Nothing goes wrong any more. Whether everybody agrees within a bounded time.
  bool settle();

  Watch& watch() { return watch_; }
  People& people() { return people_; }
  std::size_t hub_number() const { return hub_; }
  SimHub& hub() { return *hubs_[hub_]; }
  SimDialler& dialler(std::size_t index) { return *diallers_[index]; }
  std::size_t diallers() const { return diallers_.size(); }

 private:
  SimNetwork::Events network_events();
  void add_hub(const SimHub::Beginning& beginning);
  void add_dialler(const CastMember& member, const MemoryStore::Tables* copy, std::size_t of);
  std::size_t any_running_hub();

  void pass_time();
  void somebody_saves();
  void agent_saves(SimDialler& agent);
  void agent_trims(SimDialler& agent);
  void agent_saves_bytes(SimDialler& agent, const std::string& bytes);

  // world_troubles.cc
  void something_happens();
  void something_happens_to(SimDialler& dialler);
  void something_happens_to_the_hub(std::size_t number);
  void fill_for_a_while(std::function<void(bool full)> fill);

  // world_disasters.cc
  void disasters_go_on(bool last);
  bool disasters_are_over() const;
  bool take_copy(Disaster& disaster);
  void happens(Disaster& disaster);
  void may_be_far_away(std::size_t dialler);
  void happens_to_the_hub(Disaster& disaster);
  void one_hub_stops(Disaster& disaster);
  void count_what_stands();

  // world_settle.cc, as settle()
  bool settled(int round);
  bool settled(SimDialler& dialler, int round);
  void invite_who_is_unknown();

  void tell(const std::string& line) const;

  Seeded random_;
  std::uint64_t seed_;
  Troubles may_;
  Tell tell_;
  Agenda agenda_;
  People people_;
  Watch watch_;
  std::unique_ptr<SimNetwork> network_;
  std::vector<std::unique_ptr<SimHub>> hubs_;
  std::size_t hub_ = 0;  // the one that will stay
  std::vector<std::unique_ptr<SimDialler>> diallers_;
  std::vector<Disaster> disasters_;
};

}  // namespace titip
