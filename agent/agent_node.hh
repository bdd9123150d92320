#pragma once

// An agent's data directory, opened: who it is, where its hub is, and its store.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/agent_journal.hh"
#include "core/link_messages.hh"
#include "io/config.hh"
#include "io/invitation.hh"
#include "io/keys.hh"
#include "io/open_store.hh"

namespace titip {

class AgentNode {
 public:
  // Throws RefusalError: not_enrolled when nobody has joined here, locked when another process
  // writes.
  static AgentNode open(const std::filesystem::path& data, Access access, const Config& config);

  const std::filesystem::path& data() const { return data_; }
  const NodeKeys& keys() const { return keys_; }
  const Invitation& invitation() const { return invitation_; }
  const std::optional<Certificate>& certificate() const { return certificate_; }
  Store& store() { return *store_; }

  // The hub has enrolled this device; what it said is in the store already.
  void reload_certificate();
  // What intake needs, with the clock read now.
  IntakeContext intake_context(RecordIds& ids) const;
  // The facility's offset from UTC.
  std::int16_t zone_minutes_at(TimeMs time) const;

 private:
  std::filesystem::path data_;
  std::optional<WriterLock> lock_;
  NodeKeys keys_;
  Invitation invitation_;
  std::optional<Certificate> certificate_;
  std::unique_ptr<Store> store_;
  std::string zone_;  // configured; empty: the hub's, else this device's
};

// Makes a data directory that has accepted `invitation`. Throws RefusalError store_exists when a
// device was enrolled there by another one. An invitation that enrolled nobody, being used up or
// expired, gives way to a new one, and what was recorded meanwhile stays.
void make_agent(const std::filesystem::path& data, const Invitation& invitation,
                const Config& config);

// Gives an agent whose hub is gone to the hub of `invitation`, with all that it holds; again for
// that hub changes nothing, and until it has enrolled this device another may be named. Throws
// RefusalError: nothing_to_replace, other_facility, same_hub.
void give_to_new_hub(const std::filesystem::path& data, const Invitation& invitation,
                     const Config& config);

}  // namespace titip
