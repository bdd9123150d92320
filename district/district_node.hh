#pragma once

// A district's data directory, opened: one key pair and one store for all of its hubs.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/district_store.hh"
#include "core/link_messages.hh"
#include "core/prefixed_kv.hh"
#include "core/queries.hh"
#include "io/config.hh"
#include "io/invitation.hh"
#include "io/keys.hh"
#include "io/open_store.hh"

namespace titip {

// A hub that this district has joined.
struct JoinedHub {
  HubId id = 0;        // by the key that it had when it was joined first
  std::string prefix;  // of its part of the store
  Invitation invitation;
  std::optional<Certificate> certificate;  // once it has enrolled this district

  std::string facility() const { return certificate ? certificate->hub_facility : std::string(); }
  std::string name() const { return certificate ? certificate->hub_name : invitation.endpoint; }
};

class DistrictNode {
 public:
  // Throws RefusalError: no_store when no hub was ever joined here, other_kind, locked when another
  // process writes.
  static DistrictNode open(const std::filesystem::path& data, Access access, const Config& config);

  const std::filesystem::path& data() const { return data_; }
  const NodeKeys& keys() const { return keys_; }
  Store& store() { return *store_; }
  const std::vector<JoinedHub>& hubs() const { return hubs_; }  // in order of joining
  // By its facility's code, or its id in 16 hex digits. An empty name means the only one. Else
  // no_such_hub or several_hubs.
  Result<JoinedHub> hub_named(std::string_view name) const;
  // What the store says of them by now.
  void reload();

  PrefixedRead read(const JoinedHub& hub) const { return {store_->read(), hub.prefix}; }

 private:
  // In the part of each hub of which that was not done yet.
  void count_under_review();

  std::filesystem::path data_;
  std::optional<WriterLock> lock_;
  NodeKeys keys_;
  std::unique_ptr<Store> store_;
  std::vector<JoinedHub> hubs_;
};

// `hub_facility` must outlive it.
RecordReader reader_of(const std::string& hub_facility);

// Makes a data directory with keys and an empty store; one that is a district's is left as it is.
// Throws RefusalError store_exists when it is another node's.
void make_district(const std::filesystem::path& data, const Config& config);

struct Accepted {
  HubId hub = 0;
  bool changed = false;     // it is not the one that was there
  std::vector<HubId> gone;  // hubs that are no longer kept apart
};
// Notes the invitation. Of a hub that has enrolled this district already it changes only where that
// hub is reached. A hub that has revoked it: refused, and nothing is changed. `incarnation` is
// fresh, for a hub that is new.
Result<Accepted> accept_invitation(WriteTxn& whole, const Invitation& invitation,
                                   Incarnation incarnation);
// Gives what is held of the hub `former`, which is gone, to the hub of `invitation`: its part of
// the store keeps its id. If that hub was joined as one of its own before, this part takes its
// place, and nothing of that is lost: the hub sends it again. Refused: as step_to_new_hub().
Result<Accepted> replace_former_hub(WriteTxn& whole, HubId former, const Invitation& invitation);

}  // namespace titip
