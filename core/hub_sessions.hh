#pragma once

// The hub's side of every link: who may speak, what each has said, what is to be stored, and what
// is answered once it is durable. No socket, clock or store: `route` names a connection, time is an
// argument, and what is to be stored is returned as orders (core/hub_orders.hh).

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/hub_orders.hh"
#include "core/link_messages.hh"
#include "core/receiver.hh"
#include "core/registry.hh"
#include "core/sender.hh"
#include "core/types.hh"

namespace titip {

// Something a person at the hub may want to know; the shell puts it into words.
struct HubNotice {
  enum class Kind : std::uint8_t {
    connected,
    received,
    enrolled,
    enrolment_refused,
    refused,
    undecodable_frame,
    quarantined,
    custodian_differs,  // a district holds another history than this hub
    stream_given_up,    // it cannot read what is sent to it; `count` is the position
    life_began,         // its store was restored or cloned: it goes on under a new name
    pending,            // known by its certificate alone; an administrator must confirm it
    rebuilding,         // this hub has lost some of its journal and gathers it
    rebuilt,            // its custodians have finished
    handed_back,        // `count` events that this hub had lost
    other_copy,         // another copy of this hub is running
  };
  Kind kind = Kind::connected;
  NodeId node = 0;
  std::uint64_t count = 0;  // of events
  std::string word;         // a code or a facility's name
};

struct HubActions {
  struct Send {
    std::string route;
    std::string frame;
  };
  std::vector<HubOrder> store;  // 1. each in a synced transaction; then call stored()
  std::vector<Send> send;       // 2. at once: whatever it depends on is durable
  std::vector<HubNotice> notices;
};

class HubSessions {
 public:
  using Sign = std::function<std::string(std::string_view certificate)>;
  using Signed = std::function<bool(std::string_view certificate, std::string_view signature)>;

  // `boot` names this run of the hub; `sign` signs certificates, and `is_signed` knows those that
  // this hub has signed.
  HubSessions(
      std::uint64_t boot, Sign sign,
      Signed is_signed = [](std::string_view, std::string_view) { return false; });

  // Whom the store knows; again after an invitation was made by someone else in this process.
  void load_directory(const ReadTxn& txn);

  // Whether a key may finish the handshake: known nodes, revoked ones (to be told so) and
  // invitations; while the hub is rebuilding anybody, who is then asked for a certificate.
  bool admits(std::string_view public_key) const;
  // The same, as if it were not rebuilding.
  bool knows(std::string_view public_key) const;

  HubActions frame(const std::string& route, std::string_view public_key, std::string_view bytes,
                   TimeMs hub_time);
  // The order is durable, with this outcome.
  HubActions stored(const HubOrder& order, const HubOutcome& outcome, TimeMs hub_time);
  // The store is full: nothing of the order was kept.
  HubActions not_stored(const HubOrder& order);

  // What the store holds and has not been sent yet, to every node that receives a stream and has
  // room. Call it whenever orders were stored, or frames came, in a snapshot of what is durable.
  HubActions pump(const ReadTxn& txn, const Registry& registry, TimeMs now);
  // The connection did not take a frame: what was in flight there is sent again.
  void unsent(const std::string& route);
  // Events were appended without an order: the hub's own.
  void appended_own();

  // Safe marks have moved without a custodian's acknowledgement.
  HubActions marks_moved(const std::vector<SafeMark>& marks);

  // A revocation is durable: the node is told, and its session ends. Its key is still admitted, so
  // that it is told again whenever it dials.
  HubActions revoked(NodeId node);

  // An operator has ended the rebuilding, or confirmed nodes: who was sent nothing dials again.
  HubActions resumed(const ReadTxn& txn);

  // Whether the store takes new work (design section 7); without room, nodes are asked to wait.
  void set_room(bool room) { room_ = room; }

  // The connection of `route` has ended. The node whose session it was, if it was one's.
  std::optional<NodeId> left(const std::string& route);

  // Whether the node has a session; it may have left without our knowing.
  bool has_session(NodeId node) const;
  std::size_t session_count() const { return sessions_.size(); }

 private:
  struct Session {
    NodeId node = 0;
    Incarnation incarnation = 0;
    std::uint64_t nonce = 0;
    bool greeted = false;  // the store has answered its Hello
    std::map<Lane, Receiver> lanes;
    std::map<StreamKind, Sender> streams;  // that it receives
    bool due = false;                      // there may be something to send
    bool holding = false;                  // a HeldOrder of it waits for the store
    std::optional<HeldOrder> hold_next;    // what it acknowledged meanwhile
    bool marks_due = false;                // and a safe mark may have been among what was not taken
    std::optional<Receiver> back;          // of a custodian that hands back
    bool takes_back = false;
    bool withheld = false;    // it was told that nothing is sent down now
    bool ends = false;        // it was told to dial anew, and nothing else is said in it
    bool ending_due = false;  // that was not taken
  };

  void stranger(const std::string& route, const std::string& key, Frame& frame, TimeMs hub_time,
                HubActions& actions);
  void hello(const std::string& route, NodeId node, HelloMessage hello, TimeMs hub_time,
             HubActions& actions);
  bool takes_place(const std::string& route, NodeId node, const HelloMessage& hello,
                   HubActions& actions);
  void batch_back(const std::string& route, Session& session, const BatchMessage& batch,
                  HubActions& actions);
  void handed_back(const HandBackOrder& order, const HandedBack& outcome, HubActions& actions);
  void redial_withheld(HubActions& actions);
  void tell_to_redial(const std::string& route, Session& session, HubActions& actions);
  void welcome(const GreetOrder& order, const Greeted& outcome, Session& session, TimeMs hub_time,
               HubActions& actions);
  void batch(const std::string& route, NodeId node, const BatchMessage& batch, std::size_t bytes,
             HubActions& actions);
  void enrol(const std::string& route, std::string_view key, EnrolMessage enrol,
             HubActions& actions);
  void acknowledged(const std::string& route, NodeId node, const AckMessage& ack, TimeMs now,
                    HubActions& actions);
  void undecodable(const std::string& route, NodeId node, const RefuseMessage& refuse,
                   HubActions& actions);
  void hold(Session& session, HeldOrder held, HubActions& actions);
  void held(const HeldOrder& order, const HeldMarks& outcome, HubActions& actions);
  void tell_marks(const std::vector<SafeMark>& marks, HubActions& actions);
  void tell_marks_again(const std::string& route, Session& session, const NodeState& node,
                        HubActions& actions);
  void feeds_moved(const std::vector<NodeId>& touched);
  void greeted(const GreetOrder& order, const Greeted& outcome, TimeMs hub_time,
               HubActions& actions);
  void appended(const AppendOrder& order, const Appended& outcome, HubActions& actions);
  void enrolled(const EnrolOrder& order, const Enrolled& outcome, HubActions& actions);
  void forget(const std::string& route);

  std::uint64_t boot_;
  Sign sign_;
  Signed is_signed_;
  std::unordered_map<std::string, NodeId> nodes_by_key_;
  std::unordered_set<std::string> invitations_;        // keys; used ones too, for a lost answer
  std::unordered_map<std::string, Session> sessions_;  // by route
  // A node whose store was copied may be several devices, each with a life of its own.
  std::map<std::pair<NodeId, Incarnation>, std::string> route_of_;
  bool room_ = true;
  bool rebuilding_ = false;
  std::size_t in_flight_bytes_ = 0;  // accepted and not yet durable, over all connections
};

}  // namespace titip
