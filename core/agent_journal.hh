#pragma once

// An agent's journal and records, as decided inside a transaction that someone else commits.
// Heads are read inside the transaction, never kept across one: two processes may take turns at one
// store.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/event.hh"
#include "core/kv.hh"
#include "core/link_messages.hh"
#include "core/record_state.hh"
#include "core/refusal.hh"
#include "core/save_draft.hh"
#include "core/sender.hh"
#include "core/types.hh"

namespace titip {

// Appends one event. A refusal has written nothing.
Result<Saved> save_draft(WriteTxn& txn, const EventDraft& draft, const IntakeContext& context);

// First opening of an agent's store: gives its journal a name.
void begin_incarnation(WriteTxn& txn, Incarnation incarnation);
// check()s that the store has one.
Incarnation current_incarnation(const ReadTxn& txn);

// The last position of a lane; seq 0 with the chain's start when it is empty.
Head journal_head(const ReadTxn& txn, Lane lane);
// Its position alone, which costs less.
Seq journal_last(const ReadTxn& txn, Lane lane);

// Whether the journal holds that position of the lane with that hash, as far as it can still tell.
bool journal_agrees(const ReadTxn& txn, const Head& head);

// One entry of an agent's journal.
struct AgentEntry {
  std::string event;            // canonical bytes
  Hash hash;                    // of the chain after it
  std::optional<EventId> born;  // when it was born elsewhere
};
std::optional<AgentEntry> journal_entry(const ReadTxn& txn, Lane lane, Seq seq);
void put_journal_entry(WriteTxn& txn, Lane lane, Seq seq, const AgentEntry& entry);

// A lane as its Sender reads it; `txn` must outlive it.
class LaneSource : public StreamSource {
 public:
  LaneSource(const ReadTxn& txn, Lane lane) : txn_(txn), lane_(lane) {}
  Head head() const override { return journal_head(txn_, lane_); }
  Seq last() const override { return journal_last(txn_, lane_); }
  std::optional<Hash> hash_at(Seq seq) const override;
  StreamItems read(Seq from, std::size_t count, std::size_t raw_bytes) const override;

 private:
  const ReadTxn& txn_;
  Lane lane_;
};

// Events that the hub has not acknowledged.
std::uint64_t backlog_events(const ReadTxn& txn);
// When the oldest event beyond `mark` of each lane was saved, by this device's wall clock; nullopt:
// there is none, so everything recorded here is where the marks stand for.
std::optional<TimeMs> oldest_beyond(const ReadTxn& txn, const std::function<Seq(Lane)>& mark);
// Age of the oldest event that the hub has not acknowledged, by this device's wall clock; 0: none.
std::uint64_t oldest_unsent_seconds(const ReadTxn& txn, TimeMs wall);

// A change that the hub's answers make to an agent's store.
struct HubAnswer {
  std::vector<Head> acknowledged;  // lanes of which the hub has told how far it holds them
  std::vector<Outcome> quarantined;
  std::optional<Position> position;  // of the hub
  std::vector<EpochEntry> epochs;    // the line that leads to it, newest first
  TimeMs at = 0;                     // by this device's wall clock
  std::vector<Head> safe;            // what a custodian holds of each lane
  std::vector<Head> backed_up;       // what a verified backup elsewhere holds of each lane
  // All of it is how the hub stands now, not only how far it has come: a hub that was restored
  // holds less than before.
  bool stands_now = false;
  std::uint64_t welcomed = 0;  // nonce of the Hello that a Welcome answered; 0: no Welcome
};
void record_hub_answer(WriteTxn& txn, const HubAnswer& answer);

}  // namespace titip
