#include "agent/daemon.hh"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>

#include "agent/agent_node.hh"
#include "agent/http_api.hh"
#include "agent/intake.hh"
#include "agent/updates.hh"
#include "core/agent_changes.hh"
#include "core/limits.hh"
#include "core/trim.hh"
#include "io/daemon_loop.hh"
#include "io/http_server.hh"
#include "io/log.hh"
#include "io/node_link.hh"

namespace titip {

namespace {

constexpr const char* http_default = "127.0.0.1:7410";

LinkParty party_of(AgentNode& node, const Config& config) {
  LinkParty party{node.store(), {}, node.keys().curve, node.invitation(), false, {}, {}, {}, {}};
  party.enrolled = node.certificate().has_value();
  party.endpoints = config.hub_endpoints;
  party.sends.assign(all_lanes.begin(), all_lanes.end());
  party.receives = {StreamKind::hub_changes};
  return party;
}

// Lets go of old events once room gets short, as far as something else than the hub alone holds
// them; looks each minute.
class Trimming {
 public:
  Trimming(boost::asio::io_context& loop, Store& store, Writer& writer)
      : store_(store), writer_(writer), timer_(loop) {
    look();
  }

 private:
  void look() {
    if (store_.usage().gets_short()) {
      writer_.submit({[](WriteTxn& txn) { trim_journal(txn, limits::trim_events_max); },
                      [](std::optional<StoreFull>) {}});
    }
    timer_.expires_after(std::chrono::minutes(1));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) look();
    });
  }

  Store& store_;
  Writer& writer_;
  boost::asio::steady_timer timer_;
};

std::vector<RecordKey> keep_changes(WriteTxn& txn, const Received& received) {
  return apply_changes(txn, received.items, received.held.position.epoch, Registry::ilp());
}

}  // namespace

int run_agent(const std::filesystem::path& data, const Config& config) {
  auto node = AgentNode::open(data, Access::write, config);
  boost::asio::io_context loop(1);
  DaemonLoop daemon(loop, node.store());
  Writer writer(node.store(), loop.get_executor(), daemon.on_failure());
  AgentUpdates updates(loop, node.store());
  NodeLink::Events events;
  events.enrolled = [&] { node.reload_certificate(); };
  events.keep = keep_changes;
  events.kept = [&](const std::vector<RecordKey>& records) { updates.changed(records); };
  NodeLink link(loop, party_of(node, config), writer, std::move(events));
  Intake intake(node.store(), writer, saving_at(node), [&](const std::vector<RecordKey>& records) {
    link.appended();
    updates.changed(records);
  });
  AgentHttpApi api(node, intake, link, updates);
  const auto handle = [&api](const HttpRequest& request, const HttpReply& reply) {
    api.handle(request, reply);
  };
  const auto local = HttpServer::listen_unix(loop, socket_file(data), handle);
  const auto http =
      HttpServer::listen(loop, config.http.empty() ? http_default : config.http, handle);
  log_info("agent", node.invitation().name + " (" + node.invitation().facility +
                        "): http on http://" + http->address());
  Trimming trimming(loop, node.store(), writer);
  link.start();
  daemon.run(writer);
  return 0;
}

JoinOutcome try_to_enrol(const std::filesystem::path& data, const Config& config, int patience_ms) {
  auto node = AgentNode::open(data, Access::write, config);
  if (node.certificate()) return {true, {}};
  boost::asio::io_context loop(1);
  JoinOutcome outcome;
  std::exception_ptr failure;
  Writer writer(node.store(), loop.get_executor(), [&](std::exception_ptr error) {
    failure = std::move(error);
    loop.stop();
  });
  NodeLink::Events events;
  events.enrolled = [&] {
    outcome.enrolled = true;
    loop.stop();
  };
  events.refused = [&](Code code) {
    // Once may be a link that was cut in the middle of the handshake.
    const bool again = outcome.refused == code;
    outcome.refused = code;
    if (code != Code::wrong_hub_key || again) loop.stop();
  };
  events.keep = keep_changes;
  NodeLink link(loop, party_of(node, config), writer, std::move(events));
  boost::asio::steady_timer patience(loop, std::chrono::milliseconds(patience_ms));
  patience.async_wait([&](const boost::system::error_code& error) {
    if (!error) loop.stop();
  });
  link.start();
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return outcome;
}

}  // namespace titip
