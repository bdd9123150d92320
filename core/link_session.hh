#pragma once

// The side of a link that dials, an agent's or a district's: when to dial, what to say, what to
// send and receive, what to keep of the answers. It is fed with what happened, the time and a
// snapshot of the store, and returns what to do, in this order: (1) store, one synced transaction;
// (2) send, only once 1 is durable; close or dial; (3) call tick() no later than `wake`.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/agent_journal.hh"
#include "core/asides.hh"
#include "core/lineage.hh"
#include "core/link_end.hh"
#include "core/link_messages.hh"
#include "core/meta.hh"
#include "core/receiver.hh"
#include "core/redial.hh"
#include "core/refusal.hh"
#include "core/sender.hh"
#include "core/types.hh"

namespace titip {

// What follows in a stream that the hub sends here.
struct Received {
  StreamKind kind = StreamKind::hub_changes;
  Seq from = 0;             // the position that `items` follow
  meta::HeldPosition held;  // once `items` are stored
  std::vector<BatchEvent> items;
  std::vector<Hash> hashes;  // chain hash after each; of changes none
  TimeMs at = 0;             // by this node's wall clock
};

// What the hub's answers leave in this node's store; see apply_link_order.
struct LinkOrder {
  std::optional<HubAnswer> answer;
  std::optional<EnrolledMessage> enrolled;
  std::optional<Code> refused;  // the hub's standing refusal
  std::optional<Received> received;
  std::optional<bool> sends_journal = {};         // whether the hub sends this node its journal
  std::optional<std::uint64_t> hello_nonce = {};  // that the Hello which follows says
  std::optional<MintOrder> mint = {};             // this store may not write on under its name
  // The hub has back, in that epoch of its, what this custodian held beyond here.
  std::optional<meta::HeldPosition> journal_resumes = {};
  std::uint64_t handed_in = 0;
  // What else is kept of its journal and is not in the line that is held.
  std::optional<std::vector<Aside>> asides = {};
  std::optional<meta::HeldPosition> holds_again = {};  // one of those, to be handed back
  bool history_settled = false;  // nothing here is of a history that the hub has lost
};
// Whether `received` follows what the store holds: if an earlier part could not be stored, the rest
// would leave a hole that nobody fills.
bool follows_held(const ReadTxn& txn, const Received& received);
// All but the items received, which each kind of node keeps in its own way.
void apply_link_order(WriteTxn& txn, const LinkOrder& order);

// Something a person at this node may want to know; the shell puts it into words.
struct LinkNotice {
  enum class Kind : std::uint8_t {
    dialling,
    enrolled,
    connected,
    sent,
    acknowledged,
    all_acknowledged,
    unanswered,
    lost,
    stalled,
    not_this_hub,
    refused,
    quarantined,
    bad_answer,
    received,         // items of a stream
    hub_rolled_back,  // the hub does not hold what it once sent here; `count`: records asked about
    minted,           // this store goes on under a new name: it was restored or cloned
    handing_back,     // `count` entries that the hub has lost
    handed_back,
    no_room,  // for what the hub sends; what is held here still goes out
  };
  Kind kind = Kind::dialling;
  std::uint64_t count = 0;  // of events; or ms until the next dial
  std::string word;         // a code
};

struct LinkActions {
  std::vector<LinkOrder> store;   // 1. one synced transaction
  std::vector<std::string> send;  // 2. frames, once 1 is durable
  bool close = false;             //    then close the link
  bool dial = false;              //    then dial anew
  TimeMs wake = 0;                // 3.
  std::vector<LinkNotice> notices;
};

// What the session cannot know: read by the shell at the call.
struct Surroundings {
  ClockReading clock;
  DeviceStatus status;                // backlog is filled in by the session
  std::uint64_t fresh_nonce = 0;      // random; used if a Hello is made
  bool room = true;                   // the store takes new work (design section 7)
  Incarnation fresh_incarnation = 0;  // random; used if this store must go on under a new name
};

class LinkSession {
 public:
  enum class State : std::uint8_t { idle, dialling, greeting, online };
  struct Setup {
    // The urgent one first; none at a district.
    std::vector<Lane> sends{all_lanes.begin(), all_lanes.end()};
    std::vector<StreamKind> receives;  // what it keeps of what the hub sends
    bool enrolled = false;             // else it has only an invitation
    std::string device_public_key;     // 32 bytes
    std::uint64_t schema_fingerprint = 0;
    std::uint64_t seed = 0;  // of the jitter
    std::function<bool(const EnrolledMessage&)> certificate_holds;
  };

  explicit LinkSession(Setup setup);

  LinkActions tick(const ReadTxn& txn, TimeMs now);
  LinkActions appended(const ReadTxn& txn, TimeMs now);  // new events are durable here
  LinkActions connected(const ReadTxn& txn, const Surroundings& around, TimeMs now);
  LinkActions frame(const ReadTxn& txn, std::string_view bytes, const Surroundings& around,
                    TimeMs now);
  LinkActions ended(const ReadTxn& txn, LinkEnd end, TimeMs now);

  // What was to be stored could not be, for want of room: what the hub said can be asked again
  // later.
  LinkActions not_stored(TimeMs now);

  State state() const { return state_; }
  // Online and waiting for nothing: unless something is appended or arrives, tick() returns no work.
  bool at_rest() const;
  bool enrolled() const { return setup_.enrolled; }
  // Offset of hub time from this device's wall clock, as of the last Welcome; ms.
  std::optional<std::int64_t> clock_offset_ms() const { return clock_offset_ms_; }

 private:
  void say_hello(const ReadTxn& txn, const Surroundings& around, TimeMs now, LinkActions& actions);
  void welcome(const ReadTxn& txn, const WelcomeMessage& message, const Surroundings& around,
               TimeMs now, LinkActions& actions);
  void acknowledged(const ReadTxn& txn, const AckMessage& message, const Surroundings& around,
                    TimeMs now, LinkActions& actions);
  void batch(const BatchMessage& message, const Surroundings& around, TimeMs now,
             LinkActions& actions);
  void begin_receiving(const ReadTxn& txn, const WelcomeMessage& message, LinkActions& actions);
  void refused(const ReadTxn& txn, const RefuseMessage& message, const Surroundings& around,
               TimeMs now, LinkActions& actions);
  void go_on_under_new_name(bool whole, const Surroundings& around, TimeMs now,
                            LinkActions& actions);
  bool holds_other_history(const ReadTxn& txn, const WelcomeMessage& message) const;
  void ask_about_lost_history(const ReadTxn& txn, const WelcomeMessage& message,
                              LinkActions& actions);
  void look_after_asides(const ReadTxn& txn, const WelcomeMessage& message, TimeMs now,
                         LinkActions& actions);
  void begin_handing_back(const ReadTxn& txn, const WelcomeMessage& message, TimeMs now,
                          LinkActions& actions);
  void handed_back(const ReadTxn& txn, const AckMessage& message, TimeMs now, LinkActions& actions);
  void pump_hand_back(const ReadTxn& txn, TimeMs now, LinkActions& actions);
  void end_handing_back(TimeMs now, LinkActions& actions);
  void nonsense(TimeMs now, LinkActions& actions);
  void enrolled_now(const EnrolledMessage& message, TimeMs now, LinkActions& actions);
  void pump(const ReadTxn& txn, TimeMs now, LinkActions& actions);
  void stop_taking(TimeMs now, LinkActions& actions);
  void hang_up(LinkActions& actions);
  void forget_session();
  std::optional<Proof> proof(const ReadTxn& txn) const;
  LinkActions& finish(TimeMs now, LinkActions& actions);
  // Events of this node that the hub does not hold. Who sends none keeps another kind of journal.
  std::uint64_t waiting_events(const ReadTxn& txn) const;

  Setup setup_;
  bool enrolling_ = false;  // enrolled, but the certificate may not be durable yet
  State state_ = State::idle;
  Redial redial_;
  Incarnation incarnation_ = 0;
  std::uint64_t nonce_ = 0;
  TimeMs answer_due_ = 0;                     // while greeting
  std::map<Lane, Sender> senders_;            // of this session
  std::map<StreamKind, Receiver> receivers_;  // likewise, once welcomed
  std::optional<Sender> handing_back_;        // of a custodian, while the hub lacks what it holds
  meta::HeldPosition shared_;                 // after which it does
  std::uint64_t hub_opening_ = 0;             // the epoch in which the hub takes it
  bool show_certificate_ = false;             // the hub did not know this node
  bool taking_ = true;                        // there was room for what the hub sends
  TimeMs ask_again_at_ = 0;                   // while not taking
  std::optional<std::int64_t> clock_offset_ms_;
};

}  // namespace titip
