#pragma once

// The whole field in one process: posts, a Pustu, a health centre and two districts, with
// everything that goes wrong between them. One seed decides it all.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/agenda.hh"
#include "tests/sim/dialler.hh"
#include "tests/sim/hub.hh"
#include "tests/sim/network.hh"
#include "tests/sim/people.hh"
#include "tests/sim/watch.hh"

namespace titip {

class SimWorld {
 public:
  using Tell = std::function<void(const std::string& line)>;

  // `tell`: what happens, line by line; may be empty.
  SimWorld(std::uint64_t seed, Tell tell);

  // People save at least so many events, and everything that can go wrong does.
  void live(std::uint64_t events);
  // Nothing goes wrong any more. Whether everybody agrees within a bounded time.
  bool settle();

  Watch& watch() { return watch_; }
  People& people() { return people_; }
  SimHub& hub() { return *hub_; }
  SimDialler& dialler(std::size_t index) { return *diallers_[index]; }
  std::size_t diallers() const { return diallers_.size(); }

 private:
  void pass_time();
  void somebody_saves();
  void agent_saves(SimDialler& agent);
  void something_happens();
  void something_happens_to(SimDialler& dialler);
  void something_happens_to_the_hub();
  void fill_for_a_while(std::function<void(bool full)> fill);
  bool settled();
  bool settled(SimDialler& dialler);
  void tell(const std::string& line) const;

  Seeded random_;
  Tell tell_;
  Agenda agenda_;
  People people_;
  std::unique_ptr<SimHub> hub_;
  Watch watch_;
  std::unique_ptr<SimNetwork> network_;
  std::vector<std::unique_ptr<SimDialler>> diallers_;
};

}  // namespace titip
