#pragma once

// One entry of a hub's journal after another: what appending does, whoever brought the event. Used
// by core/hub_journal.cc (lanes, the hub's own), core/parked.cc and core/hub_hand_back.cc.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/event.hh"
#include "core/feeds.hh"
#include "core/hub_journal.hh"
#include "core/nodes.hh"
#include "core/record_state.hh"
#include "core/refusal.hh"
#include "core/registry.hh"

namespace titip {

// Appends entries and knows where the journal ends.
class Appender {
 public:
  // `txn` and `context` must outlive it.
  Appender(WriteTxn& txn, const HubContext& context);

  Position next() const { return {context_.epoch, end_.offset + 1}; }
  void append(HubEntry entry);

 private:
  WriteTxn& txn_;
  const HubContext& context_;
  JournalEnd end_;
};

// What appending an event needs beside it.
struct AppendWork {
  WriteTxn& txn;
  const HubContext& context;
  Appender& appender;
  const History& history;
  Feeds& feeds;
};

// Who orders an event: its author's device, the hub itself, or a hub before this one.
enum class OrderedBy : std::uint8_t { author, hub, former_hub };

// Appends one event in place and applies it if it can be applied; the reason if not. Then it is in
// quarantine, but for the hub's own, of which nothing is kept: its author is here, and is told.
// `author`: of OrderedBy::author.
std::optional<Code> append_one(const AppendWork& work, HubEntry entry, OrderedBy by,
                               const NodeState* author);

// What a resolve names.
std::vector<EventId> settled_by(const EventReader& event);

// An entry's place and then its former ones.
std::vector<Position> placements_of(const Position& now, const std::vector<Position>& former);

// Appends that the event in `held` came again, by the carrier and from the former positions that
// `again` names. Its write is seen through those, too.
void append_again(const AppendWork& work, const HubEntry& held, HubEntry again);

// Applies what stands in quarantine in `held`, if it can be applied now, as of an entry without an
// event that is made of `applied`. Whether it was.
bool append_applied(const AppendWork& work, const HubEntry& held, HubEntry applied);

}  // namespace titip
