#include "tests/sim/network.hh"

#include <algorithm>

namespace titip {

namespace {

constexpr int unanswered_ms = 3'000;

}  // namespace

void SimNetwork::dial(std::size_t dialler, std::uint64_t socket, const std::string& key) {
  const auto refused = [this, dialler, socket](LinkEnd end) {
    return [this, dialler, socket, end] { events_.ended(dialler, socket, end); };
  };
  const auto hub = events_.hub_of(dialler);
  if (!reachable_[dialler] || !events_.runs(hub))
    return agenda_.after(unanswered_ms, refused(LinkEnd::unanswered));
  if (!events_.admits(hub, key)) return agenda_.after(500, refused(LinkEnd::not_this_hub));
  const auto number = ++last_;
  Link link{dialler, hub, socket, key, 0, 0, true, true, true, {}, {}};
  link.latency_ms = random_.chance(700) ? random_.between(5, 150) : random_.between(300, 2'500);
  // ZeroMQ's own and the kernel's.
  link.queue_frames_max = static_cast<std::uint64_t>(random_.between(3, 16));
  links_[number] = link;
  agenda_.after(link.latency_ms * 3, [this, number] {
    const auto found = links_.find(number);
    if (found == links_.end() || !found->second.carries) return;
    events_.connected(found->second.dialler, found->second.socket);
  });
}

SimNetwork::Link* SimNetwork::find(std::size_t dialler, std::uint64_t socket) {
  for (auto& [number, link] : links_) {
    if (link.dialler == dialler && link.socket == socket && link.dialler_has_it) return &link;
  }
  return nullptr;
}

void SimNetwork::carry(std::uint64_t number, Way Link::*way, std::function<void(Link&)> arrive) {
  auto& link = links_.at(number);
  auto& on = link.*way;
  const auto index = on.sent++;
  const auto extra = random_.between(0, static_cast<int>(link.latency_ms));
  on.last_at = std::max(on.last_at, agenda_.now() + link.latency_ms + extra) + 1;
  agenda_.after(on.last_at - agenda_.now(), [this, number, way, index, arrive = std::move(arrive)] {
    const auto found = links_.find(number);
    if (found == links_.end()) return;
    auto& here = found->second;
    if (index >= (here.*way).ends_at) return;
    ++(here.*way).arrived;
    arrive(here);
  });
}

bool SimNetwork::send_up(std::size_t dialler, std::uint64_t socket, const std::string& frame) {
  auto* link = find(dialler, socket);
  if (link == nullptr) return false;
  if (link->up.sent - link->up.arrived >= link->queue_frames_max) return false;
  const auto number = std::find_if(links_.begin(), links_.end(), [&](const auto& entry) {
                        return &entry.second == link;
                      })->first;
  carry(number, &Link::up, [this, number, frame](Link& here) {
    const auto key = here.key;
    if (here.hub_has_it) events_.to_hub(std::to_string(number), key, frame);
  });
  return true;
}

bool SimNetwork::send_down(const std::string& route, const std::string& frame) {
  const auto number = std::stoull(route);
  const auto found = links_.find(number);
  if (found == links_.end() || !found->second.hub_has_it) return false;
  const auto& down = found->second.down;
  if (down.sent - down.arrived >= found->second.queue_frames_max) return false;
  carry(number, &Link::down, [this, frame](Link& here) {
    if (here.dialler_has_it) events_.to_dialler(here.dialler, here.socket, frame);
  });
  return true;
}

std::size_t SimNetwork::dialler_of(const std::string& route) const {
  return links_.at(std::stoull(route)).dialler;
}

std::size_t SimNetwork::hub_of(const std::string& route) const {
  return links_.at(std::stoull(route)).hub;
}

void SimNetwork::hang_up(std::size_t dialler, std::uint64_t socket) {
  for (auto& [number, link] : links_) {
    if (link.dialler != dialler || link.socket != socket) continue;
    link.dialler_has_it = false;
    end(number, true, false);
  }
}

void SimNetwork::reach(std::size_t dialler, bool there) {
  reachable_[dialler] = there;
  if (!there) cut(dialler);
}

void SimNetwork::cut(std::size_t dialler) {
  for (auto& [number, link] : links_) {
    if (link.dialler == dialler) end(number, true, true);
  }
}

void SimNetwork::hub_died(std::size_t hub) {
  for (auto& [number, link] : links_) {
    if (link.hub != hub) continue;
    link.hub_has_it = false;
    end(number, false, true);
  }
}

TimeMs SimNetwork::notice_ms() {
  return random_.chance(700) ? random_.between(1, 500) : random_.between(1, 60'000);
}

void SimNetwork::end(std::uint64_t number, bool hub_is_told, bool dialler_is_told) {
  auto& link = links_.at(number);
  if (!link.carries) return;
  link.carries = false;
  for (auto* way : {&link.up, &link.down}) {
    way->ends_at = way->arrived + random_.below(way->sent - way->arrived + 1);
  }
  // A link that ended stays listed: what had arrived before may still be read, and routes are not
  // used twice.
  if (hub_is_told) {
    agenda_.after(notice_ms(), [this, number] {
      auto& here = links_.at(number);
      if (std::exchange(here.hub_has_it, false)) events_.left(std::to_string(number));
    });
  }
  if (dialler_is_told) {
    agenda_.after(notice_ms(), [this, number] {
      auto& here = links_.at(number);
      if (!std::exchange(here.dialler_has_it, false)) return;
      events_.ended(here.dialler, here.socket, LinkEnd::lost);
    });
  }
}

}  // namespace titip
