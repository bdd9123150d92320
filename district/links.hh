#pragma once

// The links of a district: one to each hub that it has joined, over one store and one writer.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "district/district_node.hh"
#include "io/node_link.hh"
#include "io/writer.hh"

namespace titip {

class DistrictLinks {
 public:
  // All must outlive it.
  DistrictLinks(boost::asio::io_context& loop, DistrictNode& node, Writer& writer)
      : loop_(loop), node_(node), writer_(writer) {}

  void start();  // dials every hub
  // Called, on the loop, each time something of a hub may have come; it is durable then.
  void on_kept(std::function<void()> kept) { kept_ = std::move(kept); }

  struct JoinOutcome {
    JoinedHub hub;
    bool again = false;     // it had enrolled this district before
    bool enrolled = false;  // else `refused`, or nobody has answered yet
    std::optional<Code> refused;
  };
  using Joined = std::function<void(Result<JoinOutcome>)>;
  struct Asked {
    Invitation invitation;
    // Its hub takes the place of this one, named as hub_named() says, which is gone for good.
    std::optional<std::string> replaces;
  };
  // Accepts an invitation and tries for at most `patience_ms` to be enrolled with it; the link goes
  // on trying after that. Answers from the loop.
  void join(const Asked& asked, int patience_ms, Joined done);

  struct LinkState {
    bool connected = false;
    std::uint64_t bytes_sent = 0;  // of frames, since it was joined
    std::uint64_t bytes_received = 0;
  };
  std::optional<LinkState> state(HubId hub) const;  // nullopt: not started

 private:
  struct Waiting {
    Joined done;
    boost::asio::steady_timer patience;
    std::optional<Code> refused;
  };

  void enrol(const Accepted& accepted, int patience_ms, Joined done);
  void dial(const JoinedHub& hub);
  void hang_up(HubId hub);
  void refused(HubId hub, Code code);
  void answer(HubId hub, bool enrolled);

  boost::asio::io_context& loop_;
  DistrictNode& node_;
  Writer& writer_;
  std::function<void()> kept_ = [] {};
  std::map<HubId, std::unique_ptr<NodeLink>> links_;
  std::vector<std::unique_ptr<NodeLink>> stopped_;  // the writer may still answer them
  std::map<HubId, std::unique_ptr<Waiting>> waiting_;
};

// What became of a join, for a person; a Refusal when the hub has refused.
Result<std::string> join_sentence(const DistrictLinks::JoinOutcome& outcome, Language language,
                                  TimeMs now);

// The same for a program; the hub's code and this district's node are null until it is enrolled.
Result<std::string> join_json(const DistrictLinks::JoinOutcome& outcome, TimeMs now);

}  // namespace titip
