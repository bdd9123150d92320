#pragma once

// What `titip-district status`, GET /v1/status and GET /v1/nodes say.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/refusal.hh"
#include "district/district_node.hh"
#include "district/links.hh"

namespace titip {

struct HubStatus {
  HubId id = 0;
  std::string facility, name;  // empty until it has enrolled this district
  std::string endpoint;
  NodeId node = 0;  // this district, as that hub calls it; 0: not enrolled yet
  bool connected = false;
  std::optional<bool> custodian;  // it sends its journal; nullopt: it has not said yet
  // It no longer sends the journal of which entries are here: it lost them, or holds others.
  bool other_history = false;
  std::uint64_t events = 0;        // entries of its journal that are durable here
  Position journal;                // up to where
  std::uint64_t changes = 0;       // position of the last change here
  std::uint64_t under_review = 0;  // of its records here: a person must decide
  std::optional<TimeMs> last_sync;
  std::uint64_t bytes_sent = 0;  // of frames, since it was joined
  std::uint64_t bytes_received = 0;
  std::string refused;  // its standing refusal, a code; empty: none
};

struct DistrictStatus {
  std::string facility, name;
  bool running = false;  // a daemon answered
  bool accepts_new = true;
  std::vector<HubStatus> hubs;
};

// Whether the hub of that part no longer sends the journal of which entries are there, and how that
// is said.
bool other_history(const ReadTxn& part);
std::string other_history_words(Language language);

// Of a hub's link, where a daemon has one.
using LinkStateOf = std::function<std::optional<DistrictLinks::LinkState>(HubId)>;

DistrictStatus read_status(DistrictNode& node, bool running, const LinkStateOf& link);

std::string status_json(const DistrictStatus& status);
std::string hubs_json(const DistrictStatus& status);  // one object a line
// For a person: a few lines that need no knowledge of the code.
std::string status_text(const DistrictStatus& status, Language language, TimeMs now);

}  // namespace titip
