#pragma once

// When to dial the hub again. Refusals and failed handshakes back off with full jitter, for ever;
// while dials merely go unanswered and something waits, every 2 s for 5 minutes, because a link
// that comes and goes is the ordinary case and a SYN costs little.

#include <cstdint>

#include "core/types.hh"

namespace titip {

class Redial {
 public:
  explicit Redial(std::uint64_t seed) : random_(seed) {}

  TimeMs at() const { return at_; }

  void now_waiting(TimeMs now);  // a new event waits: be eager again
  void dialled(TimeMs now) { last_dial_ = now; }
  void succeeded();  // the hub has welcomed us
  void unanswered(TimeMs now, bool waiting);
  void lost(TimeMs now, bool waiting);        // an established link broke
  void refused(TimeMs now);                   // or the handshake failed
  void not_before(TimeMs at, TimeMs spread);  // the hub named a time; spread out by up to `spread`

 private:
  TimeMs jitter(TimeMs bound);  // uniform in [0, bound]
  void back_off(TimeMs now);

  std::uint64_t random_;
  TimeMs at_ = 0;
  TimeMs last_dial_ = 0;
  TimeMs eager_until_ = 0;
  unsigned failures_ = 0;
  bool refused_ = false;  // not the link is to blame for the last failure
};

}  // namespace titip
