#include "core/link_queue.hh"

#include <utility>

#include "core/check.hh"

namespace titip {

void LinkQueue::add(LinkActions actions, std::uint64_t socket) {
  if (actions.store.empty() && actions.send.empty() && !actions.close && !actions.dial) return;
  if (actions.close) {
    // What was still to be done with this link, or to open another, is decided anew.
    for (auto& waiting : pending_) {
      waiting.ready.actions.send.clear();
      waiting.ready.actions.dial = false;
    }
  }
  const bool stored = actions.store.empty();
  pending_.push_back({{std::move(actions), socket}, stored});
}

const std::vector<LinkOrder>* LinkQueue::to_store() {
  if (storing_ || pending_.empty() || pending_.front().stored) return nullptr;
  storing_ = true;
  return &pending_.front().ready.actions.store;
}

void LinkQueue::stored() {
  check(std::exchange(storing_, false), "nothing was being stored");
  pending_.front().stored = true;
}

void LinkQueue::not_stored() {
  check(std::exchange(storing_, false), "nothing was being stored");
  pending_.pop_front();
  // What the hub said next would, kept without it, leave a gap that nobody asks for again.
  for (auto& later : pending_) {
    later.ready.actions.store.clear();
    later.stored = true;
  }
}

std::optional<LinkQueue::Ready> LinkQueue::next() {
  if (storing_ || pending_.empty() || !pending_.front().stored) return std::nullopt;
  auto ready = std::move(pending_.front().ready);
  pending_.pop_front();
  return ready;
}

}  // namespace titip
