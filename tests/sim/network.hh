#pragma once

// Links in memory. One is ordered until it is cut; of what was under way then some may still
// arrive, since it had reached the other side's kernel, and either side learns of the end late.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/link_end.hh"
#include "tests/sim/agenda.hh"
#include "tests/support/seeded.hh"

namespace titip {

class SimNetwork {
 public:
  // What the network tells the two sides. `socket` is the dialler's own number for the link.
  struct Events {
    std::function<std::size_t(std::size_t dialler)> hub_of;  // that it dials now
    std::function<bool(std::size_t hub)> runs;
    std::function<bool(std::size_t hub, const std::string& key)> admits;
    std::function<void(const std::string& route, const std::string& key, const std::string& frame)>
        to_hub;
    std::function<void(const std::string& route)> left;
    std::function<void(std::size_t dialler, std::uint64_t socket)> connected;
    std::function<void(std::size_t dialler, std::uint64_t socket, const std::string& frame)>
        to_dialler;
    std::function<void(std::size_t dialler, std::uint64_t socket, LinkEnd end)> ended;
  };

  SimNetwork(Agenda& agenda, Seeded& random, std::size_t diallers, Events events)
      : agenda_(agenda), random_(random), events_(std::move(events)), reachable_(diallers, true) {}

  void dial(std::size_t dialler, std::uint64_t socket, const std::string& key);
  // False: the queue is full, or the link is known to have gone.
  bool send_up(std::size_t dialler, std::uint64_t socket, const std::string& frame);
  bool send_down(const std::string& route, const std::string& frame);
  std::size_t dialler_of(const std::string& route) const;
  std::size_t hub_of(const std::string& route) const;
  void add_dialler() { reachable_.push_back(true); }
  void hang_up(std::size_t dialler, std::uint64_t socket);

  void reach(std::size_t dialler, bool there);
  void cut(std::size_t dialler);
  void hub_died(std::size_t hub);

 private:
  struct Way {
    std::uint64_t sent = 0;
    std::uint64_t arrived = 0;
    std::uint64_t ends_at = ~std::uint64_t{0};  // frames from this number on are lost
    TimeMs last_at = 0;
  };
  struct Link {
    std::size_t dialler = 0;
    std::size_t hub = 0;
    std::uint64_t socket = 0;
    std::string key;
    TimeMs latency_ms = 0;
    std::uint64_t queue_frames_max = 0;
    bool carries = true;
    bool hub_has_it = true;
    bool dialler_has_it = true;
    Way up;
    Way down;
  };

  Link* find(std::size_t dialler, std::uint64_t socket);
  void carry(std::uint64_t number, Way Link::*way, std::function<void(Link&)> arrive);
  void end(std::uint64_t number, bool hub_is_told, bool dialler_is_told);
  TimeMs notice_ms();

  Agenda& agenda_;
  Seeded& random_;
  Events events_;
  std::vector<bool> reachable_;
  std::map<std::uint64_t, Link> links_;  // by route
  std::uint64_t last_ = 0;
};

}  // namespace titip
