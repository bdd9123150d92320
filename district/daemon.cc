#include "district/daemon.hh"

#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

#include "district/http_api.hh"
#include "io/daemon_loop.hh"
#include "io/http_server.hh"
#include "io/log.hh"
#include "io/wait_for_lock.hh"

namespace titip {

namespace {

constexpr const char* http_default = "127.0.0.1:7420";

// A join has the directory for a while; another daemon for as long as it runs.
DistrictNode open_to_run(const std::filesystem::path& data, const Config& config) {
  std::optional<DistrictNode> node;
  wait_for_lock(
      lock_patience_ms, [&] { node = DistrictNode::open(data, Access::write, config); },
      [&] { return LocalClient::connect(socket_file(data)) != nullptr; });
  return std::move(*node);
}

}  // namespace

int run_district(const std::filesystem::path& data, const Config& config) {
  auto node = open_to_run(data, config);
  boost::asio::io_context loop(1);
  DaemonLoop daemon(loop, node.store());
  Writer writer(node.store(), loop.get_executor(), daemon.on_failure());
  DistrictLinks links(loop, node, writer);
  DistrictHttpApi api(loop, node, links, writer);
  const auto handle = [&api](const HttpRequest& request, const HttpReply& reply) {
    api.handle(request, reply);
  };
  const auto local = HttpServer::listen_unix(loop, socket_file(data), handle);
  const auto http =
      HttpServer::listen(loop, config.http.empty() ? http_default : config.http, handle);
  log_info("district", "receives from " + std::to_string(node.hubs().size()) +
                           " hubs: http on http://" + http->address());
  links.start();
  daemon.run(writer);
  return 0;
}

Result<DistrictLinks::JoinOutcome> join_now(const std::filesystem::path& data, const Config& config,
                                            const DistrictLinks::Asked& asked) {
  auto node = DistrictNode::open(data, Access::write, config);
  boost::asio::io_context loop(1);
  std::optional<Result<DistrictLinks::JoinOutcome>> outcome;
  std::exception_ptr failure;
  Writer writer(node.store(), loop.get_executor(), [&](std::exception_ptr error) {
    failure = std::move(error);
    loop.stop();
  });
  DistrictLinks links(loop, node, writer);
  links.join(asked, enrol_patience_ms, [&](Result<DistrictLinks::JoinOutcome> came) {
    outcome = std::move(came);
    loop.stop();
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  check(outcome.has_value(), "a join that ended without an outcome");
  return std::move(*outcome);
}

}  // namespace titip
