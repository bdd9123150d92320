#pragma once

// The agent's side of its link to the hub: when to dial, what to say, what to keep of the answers.
// It is fed with what happened, the time and a snapshot of the store, and returns what to do, in
// this order: (1) store, one synced transaction; (2) send, only once 1 is durable; close or dial;
// (3) call tick() no later than `wake`.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/agent_journal.hh"
#include "core/link_end.hh"
#include "core/link_messages.hh"
#include "core/redial.hh"
#include "core/refusal.hh"
#include "core/sender.hh"
#include "core/types.hh"

namespace titip {

// What the hub's answers leave in the agent's store; see apply_agent_order.
struct AgentOrder {
  std::optional<HubAnswer> answer;
  std::optional<EnrolledMessage> enrolled;
  std::optional<Code> refused;  // the hub's standing refusal
};
void apply_agent_order(WriteTxn& txn, const AgentOrder& order);

// Something a person at the post may want to know; the shell puts it into words.
struct AgentNotice {
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
  };
  Kind kind = Kind::dialling;
  std::uint64_t count = 0;  // of events; or ms until the next dial
  std::string word;         // a code
};

struct AgentActions {
  std::vector<AgentOrder> store;  // 1. one synced transaction
  std::vector<std::string> send;  // 2. frames, once 1 is durable
  bool close = false;             //    then close the link
  bool dial = false;              //    then dial anew
  TimeMs wake = 0;                // 3.
  std::vector<AgentNotice> notices;
};

// What the session cannot know: read by the shell at the call.
struct Surroundings {
  ClockReading clock;
  DeviceStatus status;            // backlog is filled in by the session
  std::uint64_t fresh_nonce = 0;  // random; used if a Hello is made
};

class AgentSession {
 public:
  enum class State : std::uint8_t { idle, dialling, greeting, online };
  struct Setup {
    bool enrolled = false;          // else it has only an invitation
    std::string device_public_key;  // 32 bytes
    std::uint64_t schema_fingerprint = 0;
    std::uint64_t seed = 0;  // of the jitter
    std::function<bool(const EnrolledMessage&)> certificate_holds;
  };

  explicit AgentSession(Setup setup);

  AgentActions tick(const ReadTxn& txn, TimeMs now);
  AgentActions appended(const ReadTxn& txn, TimeMs now);  // new events are durable here
  AgentActions connected(const ReadTxn& txn, const Surroundings& around, TimeMs now);
  AgentActions frame(const ReadTxn& txn, std::string_view bytes, const Surroundings& around,
                     TimeMs now);
  AgentActions ended(const ReadTxn& txn, LinkEnd end, TimeMs now);

  // What was to be stored could not be, for want of room: what the hub said can be asked again
  // later.
  AgentActions not_stored(TimeMs now);

  State state() const { return state_; }
  bool enrolled() const { return setup_.enrolled; }
  // Offset of hub time from this device's wall clock, as of the last Welcome; ms.
  std::optional<std::int64_t> clock_offset_ms() const { return clock_offset_ms_; }

 private:
  void say_hello(const ReadTxn& txn, const Surroundings& around, TimeMs now, AgentActions& actions);
  void welcome(const ReadTxn& txn, const WelcomeMessage& message, const Surroundings& around,
               TimeMs now, AgentActions& actions);
  void acknowledged(const ReadTxn& txn, const AckMessage& message, const Surroundings& around,
                    TimeMs now, AgentActions& actions);
  void refused(const RefuseMessage& message, TimeMs now, AgentActions& actions);
  void nonsense(TimeMs now, AgentActions& actions);
  void enrolled_now(const EnrolledMessage& message, TimeMs now, AgentActions& actions);
  void pump(const ReadTxn& txn, TimeMs now, AgentActions& actions);
  void hang_up(AgentActions& actions);
  AgentActions& finish(TimeMs now, AgentActions& actions);
  static bool something_waits(const ReadTxn& txn);

  Setup setup_;
  bool enrolling_ = false;  // enrolled, but the certificate may not be durable yet
  State state_ = State::idle;
  Redial redial_;
  Incarnation incarnation_ = 0;
  std::uint64_t nonce_ = 0;
  TimeMs answer_due_ = 0;           // while greeting
  std::map<Lane, Sender> senders_;  // urgent and routine, of this session
  std::optional<std::int64_t> clock_offset_ms_;
};

}  // namespace titip
