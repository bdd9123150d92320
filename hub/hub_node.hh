#pragma once

// A hub's data directory, opened.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/hub_orders.hh"
#include "io/config.hh"
#include "io/keys.hh"
#include "io/open_store.hh"

namespace titip {

class HubNode {
 public:
  // Throws RefusalError: no_store before init, locked when another process writes.
  static HubNode open(const std::filesystem::path& data, Access access, const Config& config);

  const std::filesystem::path& data() const { return data_; }
  const NodeKeys& keys() const { return keys_; }
  const Certificate& profile() const { return profile_; }
  Store& store() { return *store_; }
  // Drawn at this opening of the store for writing; 0 when it was opened to read.
  std::uint64_t epoch() const { return epoch_; }
  // Events that had waited for a version that knows their type, and were applied at this opening.
  std::uint64_t parked_applied() const { return parked_applied_; }
  HubContext context() const;  // with the clock read now
  // What the hub's own intake needs, likewise.
  IntakeContext intake_context(RecordIds& ids) const;

 private:
  void look_for_alike();
  void apply_parked_events();

  std::filesystem::path data_;
  std::optional<WriterLock> lock_;
  NodeKeys keys_;
  Certificate profile_;
  std::unique_ptr<Store> store_;
  std::uint64_t epoch_ = 0;
  std::uint64_t parked_applied_ = 0;
};

// What `init` was told.
struct HubSetup {
  std::string facility, name, area;
  std::string zone;      // IANA
  bool rebuild = false;  // in place of a hub that is lost with its keys
};
// Of a hub whose data directory is lost, and where they were read.
struct OldKeys {
  NodeKeys keys;
  std::filesystem::path file;
};
// True: it must rebuild, as told or because it has keys that were there before it. Throws
// RefusalError: store_exists, other_keys, bad_option for an unknown zone or an impossible code or
// endpoint.
bool make_hub(const std::filesystem::path& data, const HubSetup& setup, const Config& config,
              const std::optional<OldKeys>& old);

}  // namespace titip
