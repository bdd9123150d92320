#include "io/http_server.hh"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "io/http_listen.hh"
#include "io/http_session.hh"

namespace titip {

namespace asio = boost::asio;
using Error = boost::system::error_code;

namespace {

// The listening socket; kept alive by its own waits until it is closed.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(asio::io_context& loop, SocketHandle socket, int family, HttpHandler handler,
           HttpLimits bounds)
      : sessions_(std::make_shared<HttpSessions>()),
        acceptor_(loop, SocketProtocol(family, 0), socket.release()),
        retry_(loop) {
    sessions_->handler = std::move(handler);
    sessions_->bounds = bounds;
    sessions_->local = family == AF_UNIX;
    sessions_->left = [this] { accept(); };  // the listener outlives every call: see `closed`
  }

  void accept();
  void close();

 private:
  void accepted(Error error, SocketProtocol::socket socket);

  std::shared_ptr<HttpSessions> sessions_;
  asio::basic_socket_acceptor<SocketProtocol> acceptor_;
  asio::steady_timer retry_;
  bool accepting_ = false;
};

void Listener::accept() {
  if (accepting_ || sessions_->closed) return;
  if (sessions_->open.size() >= sessions_->bounds.connections) return;
  accepting_ = true;
  acceptor_.async_accept([self = shared_from_this()](Error error, SocketProtocol::socket socket) {
    self->accepting_ = false;
    self->accepted(error, std::move(socket));
  });
}

void Listener::accepted(Error error, SocketProtocol::socket socket) {
  if (sessions_->closed) return;
  if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
      error == asio::error::no_memory) {
    retry_.expires_after(std::chrono::milliseconds(limits::http_accept_retry_ms));
    retry_.async_wait([self = shared_from_this()](Error stopped) {
      if (!stopped) self->accept();
    });
    return;
  }
  const bool local = sessions_->local;
  if (!error && (!local || peer_is_owner(socket.native_handle()))) {
    const int on = 1;  // a small answer must not wait for the peer's delayed acknowledgement
    if (!local) ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    start_http_session(std::move(socket), sessions_);
  }
  accept();
}

void Listener::close() {
  sessions_->closed = true;
  Error ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  for (auto* session : sessions_->open) session->close();
}

class Server : public HttpServer {
 public:
  Server(std::shared_ptr<Listener> listener, std::string address)
      : listener_(std::move(listener)), address_(std::move(address)) {
    listener_->accept();
  }
  ~Server() override { listener_->close(); }
  std::string address() const override { return address_; }

 private:
  std::shared_ptr<Listener> listener_;
  std::string address_;
};

}  // namespace

std::unique_ptr<HttpServer> HttpServer::listen(asio::io_context& loop, const std::string& address,
                                               HttpHandler handler, HttpLimits limits) {
  auto socket = listen_loopback(address);
  auto bound = loopback_address(socket.get());
  const int family = bound.starts_with('[') ? AF_INET6 : AF_INET;
  auto listener =
      std::make_shared<Listener>(loop, std::move(socket), family, std::move(handler), limits);
  return std::make_unique<Server>(std::move(listener), std::move(bound));
}

std::unique_ptr<HttpServer> HttpServer::listen_unix(asio::io_context& loop,
                                                    const std::filesystem::path& socket,
                                                    HttpHandler handler, HttpLimits limits) {
  auto listener = std::make_shared<Listener>(loop, listen_unix_socket(socket), AF_UNIX,
                                             std::move(handler), limits);
  return std::make_unique<Server>(std::move(listener), socket.string());
}

}  // namespace titip
