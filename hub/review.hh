#pragma once

// The review list, for the people of the Puskesmas: what is in conflict, and how a person settles
// it.

#include <memory>
#include <string>
#include <vector>

#include "hub/hub_node.hh"
#include "hub/link.hh"
#include "io/command_context.hh"
#include "io/http_server.hh"
#include "io/writer.hh"

namespace titip {

struct ConflictsRequest {
  bool all = false;  // also what policy has settled
  std::string type;  // of one record type
};
int hub_conflicts(const CommandContext& command, const ConflictsRequest& request);

struct ResolveRequest {
  std::string id;
  std::string type;               // needed where several types have that id
  std::vector<std::string> take;  // "2" or "birthDate:2"
  std::vector<std::string> set;   // "birthDate=2024-01-02"; nothing after "=" empties the field
  std::string same;               // an id: they are one
  std::string apart;              // an id: they are two
  std::string note;
  std::string by;
  std::string seen;
};
int hub_resolve(const CommandContext& command, const ResolveRequest& request);

// GET /v1/conflicts and POST /v1/conflicts/{type}/{id}.
class HubReview {
 public:
  // All must outlive it.
  HubReview(HubNode& node, Writer& writer, HubLink& link);

  // False: another path.
  bool answer(const HttpRequest& request, const HttpReply& reply);

 private:
  HttpResponse list(const HttpRequest& request);
  void settle(const HttpRequest& request, const HttpReply& reply);

  HubNode& node_;
  Writer& writer_;
  HubLink& link_;
  std::shared_ptr<RecordIds> ids_;  // the writer may still use it when this is gone
};

}  // namespace titip
