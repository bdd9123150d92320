#pragma once

// The oracle's eyes: what must hold at every step. It keeps its own books of what was saved and of
// what the stores were seen to hold, and compares every commit and every frame of the hub's with
// them.

#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/link_session.hh"
#include "core/save_draft.hh"
#include "tests/sim/cast.hh"
#include "tests/sim/dialler.hh"
#include "tests/sim/hub_view.hh"

namespace titip {

enum class FaultKind : std::uint8_t { lost, duplicated, diverged, false_receipt, leaked };
inline constexpr std::size_t fault_kinds = 5;

struct Fault {
  FaultKind kind;
  std::string text;
};

class Watch {
 public:
  using LaneName = std::pair<Incarnation, Lane>;

  Watch(std::vector<CastMember> cast, MemoryStore& hub)
      : cast_(std::move(cast)), hub_(hub), view_(cast_), ledger_(cast_.size()) {}

  void saved(SimDialler& agent, Lane lane, bool says_version);
  void hub_put(const Result<Saved>& saved);
  void hub_committed();
  void committed(SimDialler& dialler, const std::vector<LinkOrder>& orders);
  void hub_sends(std::size_t to, const std::string& frame);

  void fault(FaultKind kind, std::string text);
  const std::vector<Fault>& faults() const { return faults_; }

  HubView& view() { return view_; }
  const std::vector<CastMember>& cast() const { return cast_; }
  std::uint64_t events() const { return events_; }
  // Canonical bytes of the events that were saved, in order.
  const std::array<std::vector<std::string>, 2>& ledger(std::size_t agent) const {
    return ledger_[agent];
  }
  std::uint64_t hub_offset() const { return hub_offset_; }
  std::uint64_t custody_offset() const { return custody_offset_; }

 private:
  void custodian_committed(SimDialler& custodian);
  void note_received(SimDialler& agent, const Received& received);
  void check_receipts(SimDialler& agent);
  void check_items(std::size_t to, const BatchMessage& batch);
  void check_change(std::size_t to, const std::string& bytes, std::set<RecordKey>& in_batch);
  Seq held(const std::map<LaneName, Seq>& by, Incarnation incarnation, Lane lane) const;

  std::vector<CastMember> cast_;
  MemoryStore& hub_;
  HubView view_;
  std::vector<Fault> faults_;
  std::uint64_t events_ = 0;
  std::vector<std::array<std::vector<std::string>, 2>> ledger_;
  std::map<Incarnation, std::size_t> agents_;
  std::map<std::uint64_t, std::uint64_t> put_;  // hub offset of an own event → times it was seen
  std::uint64_t hub_offset_ = 0;
  std::map<LaneName, Seq> at_hub_;
  std::uint64_t custody_offset_ = 0;
  std::map<LaneName, Seq> in_custody_;
  std::map<std::pair<std::size_t, RecordKey>, std::set<Position>> known_as_of_;
  std::map<std::pair<std::size_t, RecordKey>, Seq> last_own_;  // in its type's lane
};

}  // namespace titip
