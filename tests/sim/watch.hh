#pragma once

// The oracle's eyes: what must hold at every step. It keeps its own books of what was saved and of
// what the stores were seen to hold, and compares every commit and every frame of a hub's with
// them.

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/changes.hh"
#include "core/link_session.hh"
#include "core/save_draft.hh"
#include "tests/sim/books.hh"
#include "tests/sim/cast.hh"
#include "tests/sim/dialler.hh"
#include "tests/sim/hub_view.hh"
#include "tests/sim/ledger.hh"

namespace titip {

enum class FaultKind : std::uint8_t { lost, duplicated, vanished, diverged, false_receipt, leaked };
inline constexpr std::size_t fault_kinds = 6;
inline constexpr std::array<const char*, fault_kinds> fault_words{
    "lost", "duplicated", "vanished", "diverged", "false receipt", "leaked"};

struct Fault {
  FaultKind kind;
  std::string text;
};

class Watch {
 public:
  explicit Watch(std::vector<CastMember> cast) : cast_(std::move(cast)) {}

  // In the order of their numbers.
  void add_hub(MemoryStore& store);
  void add_dialler(SimDialler& dialler) { diallers_.push_back(&dialler); }
  // A clone knows what the device knew that it was copied from.
  void add_clone(SimDialler& clone, std::size_t of);
  // Its store is another one now.
  void hub_is_another(std::size_t hub);
  void dialler_is_another(std::size_t dialler);
  // An administrator has ended the waiting for what a hub lost: from now on it may send older
  // states.
  void operator_proceeds() { proceeded_ = true; }

  void saved(SimDialler& agent, Lane lane, Sight sight, bool says_version);
  void hub_put(std::size_t hub, const Result<Saved>& saved, const Sight& sight);
  void hub_committed(std::size_t hub);
  void committed(SimDialler& dialler, const std::vector<LinkOrder>& orders);
  // A dialler's frame reaches a hub; what the hub answers at once it sends because of it.
  void hub_hears(std::size_t from) { heard_ = from; }
  void hub_sends(std::size_t hub, std::size_t to, const std::string& frame);

  void fault(FaultKind kind, std::string text);
  const std::vector<Fault>& faults() const { return faults_; }

  HubView& view(std::size_t hub) { return hubs_[hub]->view; }
  HubBooks& books(std::size_t hub) { return hubs_[hub]->books; }
  Ledger& ledger() { return ledger_; }
  const std::vector<CastMember>& cast() const { return cast_; }
  std::uint64_t events() const { return events_; }
  // A store has gone back: what nodes believe may be out of date until they hear of it.
  void disaster() { ++disasters_; }
  std::uint64_t disasters() const { return disasters_; }

 private:
  // What the changes say that hubs sent, by their bytes: read once, and received often.
  struct Said {
    RecordKey record;
    Position as_of;
    std::vector<EventId> writes, named;  // named by a resolve
    bool custodian_known = false;        // at the hub that says it
    std::uint64_t step = 0;              // when it was first said
  };

  struct Hub {
    MemoryStore& store;
    HubView view;
    HubBooks books;
  };

  void note_received(SimDialler& agent, const Received& received);
  void check_own(SimDialler& agent);
  void check_no_older(SimDialler& agent, const Said& said);
  bool was_in_custody(const EventId& id, std::uint64_t step) const;
  void check_marks(SimDialler& agent, const std::vector<LinkOrder>& orders);
  void check_takeover(std::size_t to);
  void check_echo(std::size_t to, const Change& change);
  void check_receipts(SimDialler& agent);
  void check_claim(std::size_t hub, SimDialler& agent, const Head& have, Seq safe);
  void check_items(std::size_t hub, std::size_t to, const BatchMessage& batch);
  void check_change(std::size_t hub, std::size_t to, const std::string& bytes,
                    std::set<RecordKey>& in_batch);

  std::vector<CastMember> cast_;
  std::vector<std::unique_ptr<Hub>> hubs_;
  std::vector<SimDialler*> diallers_;
  Ledger ledger_;
  std::vector<Fault> faults_;
  std::uint64_t events_ = 0;
  std::uint64_t disasters_ = 0;
  std::set<EventId> in_custody_;  // at any time
  std::uint64_t steps_ = 0;
  std::map<EventId, std::uint64_t> custody_since_;  // which step, of what is in custody now
  // How far claims were found true: (hub, dialler, lane).
  std::map<std::tuple<std::size_t, std::size_t, Lane>, Seq> true_, true_safe_;
  std::map<std::pair<std::size_t, RecordKey>, std::set<Position>> known_as_of_;
  // By the bytes.
  std::unordered_map<std::string, Said> said_;
  // What an agent last wrote of a record.
  struct Own {
    EventId id;
    bool told = false;  // the agent was sent the record since the hub has this
  };
  std::map<std::pair<std::size_t, RecordKey>, Own> last_own_;
  // What an agent was last sent of a record.
  std::map<std::pair<std::size_t, RecordKey>, std::vector<EventId>> had_;
  bool proceeded_ = false;
  bool knows_custodian_ = false;  // the hub whose batch is being looked at
  std::set<std::pair<std::size_t, RecordKey>> told_to_forget_;
  std::map<std::size_t, std::set<RecordKey>> echoes_;
  std::size_t heard_ = 0;
  std::map<Incarnation, int> takeovers_;  // by another device that goes by the same name
};

std::string describe(Lane lane, Seq seq);
std::string describe(const RecordKey& record);
// The event that an agent's journal holds there.
std::optional<EventId> id_at(const ReadTxn& agent, Lane lane, Seq seq);

}  // namespace titip
