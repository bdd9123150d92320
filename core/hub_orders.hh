#pragma once

// What a hub's sessions ask the store to do, and what came of it. `perform` runs inside one write
// transaction; the outcome goes back to HubSessions once that transaction is durable.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/agent_journal.hh"
#include "core/custody.hh"
#include "core/hub_hand_back.hh"
#include "core/hub_journal.hh"
#include "core/link_messages.hh"
#include "core/nodes.hh"
#include "core/receiver.hh"
#include "core/refusal.hh"

namespace titip {

// A node says Hello, perhaps with its first batch.
struct GreetOrder {
  std::string route;
  NodeId node = 0;
  HelloMessage hello;
  TimeMs heard_at = 0;  // hub time when the frame came, not when the writer got to it
  // Of a node that this hub does not know, its certificate, whose signature holds.
  std::optional<Certificate> newcomer = {};
};

struct AppendOrder {
  std::string route;
  StreamAppend append;
};

// What a Receiver decided to store, as an append to a node's lane.
StreamAppend append_of(NodeId node, const StreamName& stream, Receiver::Decision decision);

struct EnrolOrder {
  std::string route;
  std::string invitation_key;
  EnrolMessage enrol;
};

// A custodian has acknowledged the hub's journal.
struct HeldOrder {
  std::string route;
  NodeId node = 0;
  std::uint64_t offset = 0;
  Hash hash;
};

// A custodian gives back what this hub has lost.
struct HandBackOrder {
  std::string route;
  NodeId node = 0;
  StreamName stream;
  Head after;  // where its stream stands once this is kept
  HandBack back;
};

// A node holds these from a history that this hub has lost.
struct AskOrder {
  std::string route;
  NodeId node = 0;
  std::vector<RecordKey> records;
};

using HubOrder =
    std::variant<GreetOrder, AppendOrder, EnrolOrder, HeldOrder, HandBackOrder, AskOrder>;

struct Greeted {
  std::optional<RefuseReason> refused;
  std::vector<Head> have;  // of the Hello's incarnation, both lanes, after its first batch
  std::vector<EpochEntry> epochs;
  Position position;
  std::vector<Outcome> quarantined;  // of the first batch
  std::vector<Outcome> untold;       // these and earlier ones that the device may not know of
  std::size_t appended = 0;
  std::vector<Held> sends;            // the streams that it receives, and where it is to go on
  std::vector<Head> safe;             // how far a custodian holds each lane
  std::vector<SafeMark> marks;        // that its own holding moved
  bool custodian_differs = false;     // it holds another history than the hub's
  std::vector<NodeId> touched;        // nodes whose feeds have moved
  std::vector<Head> backed_up;        // what a verified backup elsewhere holds of each lane
  std::optional<NodeState> newcomer;  // known by its certificate alone
  bool new_life = false;              // its store was restored or copied
  bool other_copy = false;            // another copy of this hub has welcomed it
  bool rebuilding_began = false;
  bool rebuilding = false;  // nothing is sent down to it
  bool rebuilt = false;     // the last custodian has finished
};

struct Appended {
  std::optional<RefuseReason> refused;  // since its Hello
  AppendOutcome outcome;
  std::size_t count = 0;
  Seq safe = 0;  // how far a custodian holds the lane
};

struct Enrolled {
  std::optional<NodeState> node;  // nullopt: the invitation admits nobody (any more)
  std::string certificate;
  bool again = false;           // the same device asked again: its answer was lost
  std::vector<NodeId> touched;  // nodes whose feeds have moved
};

struct HeldMarks {
  bool forked = false;  // it holds another history than the hub's
  std::vector<SafeMark> moved;
};

struct HandedBack {
  bool kept = false;  // false: it is no custodian any more
  HandBackOutcome outcome;
};

struct Asked {
  std::vector<NodeId> touched;  // nodes whose feeds have moved
};

using HubOutcome = std::variant<Greeted, Appended, Enrolled, HeldMarks, HandedBack, Asked>;

// `hub` is the hub's own profile, `ids` mints the ids of nodes.
HubOutcome perform(WriteTxn& txn, const HubOrder& order, const HubContext& context,
                   const Certificate& hub, RecordIds& ids);

struct Revoked {
  NodeState node;
  bool again = false;           // it was revoked before; nothing was written
  std::vector<SafeMark> marks;  // that fell with it
};

// Revokes a node, named as node_named() says: its state and a `set` event of its Node record.
Result<Revoked> revoke(WriteTxn& txn, std::string_view name, const HubContext& context);

// The hub's own profile, kept in its store: written by init.
void put_profile(WriteTxn& txn, const Certificate& profile);
std::optional<Certificate> profile(const ReadTxn& txn);

}  // namespace titip
