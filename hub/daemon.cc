#include "hub/daemon.hh"

#include <boost/asio/io_context.hpp>

#include "hub/http_api.hh"
#include "hub/hub_node.hh"
#include "hub/intake.hh"
#include "hub/link.hh"
#include "hub/review.hh"
#include "io/daemon_loop.hh"
#include "io/endpoint.hh"
#include "io/http_server.hh"
#include "io/log.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

constexpr const char* http_default = "127.0.0.1:7401";
constexpr const char* listen_default = "tcp://0.0.0.0:7400";

}  // namespace

int run_hub(const std::filesystem::path& data, const Config& config) {
  const auto listen = config.listen.empty() ? std::string(listen_default) : config.listen;
  if (!valid_listen_endpoint(listen)) {
    throw RefusalError({Code::bad_option, "--listen", {"--listen tcp://0.0.0.0:7400"}});
  }
  auto node = HubNode::open(data, Access::write, config);
  boost::asio::io_context loop(1);
  DaemonLoop daemon(loop, node.store());
  Writer writer(node.store(), loop.get_executor(), daemon.on_failure());
  HubLink link(loop, node, writer, listen);
  Intake intake(node.store(), writer, saving_at(node),
                [&](const std::vector<RecordKey>&) { link.appended(); });
  HubReview review(node, writer, link);
  HubHttpApi api(loop, node, writer, intake, link, review, config);
  const auto handle = [&api](const HttpRequest& request, const HttpReply& reply) {
    api.handle(request, reply);
  };
  const auto local = HttpServer::listen_unix(loop, socket_file(data), handle);
  const auto http =
      HttpServer::listen(loop, config.http.empty() ? http_default : config.http, handle);
  log_info("hub", node.profile().name + " (" + node.profile().facility + "): listening on " +
                      link.endpoint());
  if (node.parked_applied() > 0) {
    log_info("hub", std::to_string(node.parked_applied()) +
                        " events of types that were unknown until now were applied");
  }
  log_info("http", "on http://" + http->address());
  daemon.run(writer);
  return 0;
}

}  // namespace titip
