#pragma once

// What is still to be done for a link that dials, oldest first. Each set of actions is done whole
// before the next begins, store before send, so that a later frame never overtakes an earlier one.

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/link_session.hh"

namespace titip {

class LinkQueue {
 public:
  // Stored, if there was anything to store: now send, close or dial.
  struct Ready {
    LinkActions actions;
    std::uint64_t socket = 0;
  };

  // `socket` is the number of the one that its frames belong to.
  void add(LinkActions actions, std::uint64_t socket);

  // What is to be stored now, in one transaction; then call stored() or not_stored(). nullptr:
  // nothing, or it is under way.
  const std::vector<LinkOrder>* to_store();
  void stored();
  // For want of room; the session is to be told, too.
  void not_stored();

  // The oldest, if nothing of it is left to be stored.
  std::optional<Ready> next();

 private:
  struct Pending {
    Ready ready;
    bool stored = false;
  };

  std::deque<Pending> pending_;
  bool storing_ = false;
};

}  // namespace titip
