#pragma once

// What the tests of the HTTP server share: a client that sends exactly what a test writes, and a
// server whose loop runs in its own thread.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "io/http_server.hh"

namespace titip {

namespace asio = boost::asio;
using asio::ip::tcp;

// A raw HTTP client: what it sends is exactly what a test writes.
template <typename Protocol>
class RawClient {
 public:
  explicit RawClient(const typename Protocol::endpoint& endpoint) : socket_(context_) {
    socket_.connect(endpoint);
    const timeval patience{20, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  // False: the server has closed.
  bool send(std::string_view text) {
    boost::system::error_code error;
    asio::write(socket_, asio::buffer(text), error);
    return !error;
  }
  // The head and body of the next response.
  std::string receive() {
    if (!await_head()) return std::exchange(text_, {});
    const auto head = text_.find("\r\n\r\n") + 4;
    const auto length = text_.find("Content-Length: ");
    const auto body = length < head ? std::stoul(text_.substr(length + 16)) : 0;
    while (text_.size() < head + body) {
      if (!more()) break;
    }
    auto response = text_.substr(0, head + body);
    text_.erase(0, response.size());
    return response;
  }
  // The answer to a HEAD.
  std::string receive_head() {
    if (!await_head()) return std::exchange(text_, {});
    auto head = text_.substr(0, text_.find("\r\n\r\n") + 4);
    text_.erase(0, head.size());
    return head;
  }
  // Everything up to the end of `text`, which a stream says; shorter if the server closes before.
  std::string receive_until(std::string_view text) {
    while (text_.find(text) == std::string::npos) {
      if (!more()) return std::exchange(text_, {});
    }
    auto received = text_.substr(0, text_.find(text) + text.size());
    text_.erase(0, received.size());
    return received;
  }
  // Everything until the server closes.
  std::string receive_all() {
    while (more()) continue;
    return std::exchange(text_, {});
  }
  std::string exchange(std::string_view request) {
    send(request);
    return receive();
  }
  bool closed_by_server() {
    text_.clear();
    return !more();
  }
  bool anything_there() { return socket_.available() > 0; }
  void half_close() { socket_.shutdown(tcp::socket::shutdown_send); }

 private:
  bool await_head() {
    while (text_.find("\r\n\r\n") == std::string::npos) {
      if (!more()) return false;
    }
    return true;
  }
  bool more() {
    std::array<char, 4096> part;
    const auto size = ::recv(socket_.native_handle(), part.data(), part.size(), 0);
    if (size <= 0) return false;
    text_.append(part.data(), static_cast<std::size_t>(size));
    return true;
  }

  asio::io_context context_;
  typename Protocol::socket socket_;
  std::string text_;
};

// A server whose loop runs in its own thread, as a daemon's does.
class RunningServer {
 public:
  using Make = std::function<std::unique_ptr<HttpServer>(asio::io_context&)>;

  explicit RunningServer(const Make& make) : server_(make(loop_)) {
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RunningServer() {
    asio::post(loop_, [this] {
      server_.reset();
      work_.reset();
    });
    thread_.join();
  }
  std::string address() const { return server_->address(); }
  // Replies belong on the loop's thread.
  void on_loop(std::function<void()> work) { asio::post(loop_, std::move(work)); }
  tcp::endpoint endpoint() const {
    const auto text = address();
    const auto port = std::stoul(text.substr(text.rfind(':') + 1));
    const auto host = text.starts_with('[') ? "::1" : "127.0.0.1";
    return {asio::ip::make_address(host), static_cast<std::uint16_t>(port)};
  }

 private:
  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(loop_);
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

// Answers with what it was asked.
inline void echo(HttpRequest request, HttpReply reply) {
  reply({200, "text/plain",
         request.method + " " + request.path +
             " q=" + std::string(request.query_value("q", "none")) + " " + request.content_type +
             " " + std::to_string(request.body.size()) + (request.local ? " local" : "")});
}

using Parts = std::deque<std::optional<std::string>>;

inline HttpResponse streamed(HttpPull pull, std::string first = {}) {
  return {200, "text/event-stream", std::move(first), std::move(pull)};
}

// Gives the parts one after the other; a stream that asks for more than there are waits.
inline HttpHandler in_parts(const Parts& parts, std::string first = {}) {
  return [=](HttpRequest, const HttpReply& reply) {
    const auto left = std::make_shared<Parts>(parts);
    const auto waiting = std::make_shared<HttpMore>();
    reply(streamed(
        [left, waiting](HttpMore more) {
          if (left->empty()) {
            *waiting = std::move(more);
          } else {
            auto part = std::move(left->front());
            left->pop_front();
            more(std::move(part));
          }
        },
        first));
  };
}

inline RunningServer::Make on_loopback(HttpHandler handler, HttpLimits limits = {}) {
  return [=](asio::io_context& loop) {
    return HttpServer::listen(loop, "127.0.0.1:0", handler, limits);
  };
}

inline bool has_status(const std::string& response, int status) {
  return response.starts_with("HTTP/1.1 " + std::to_string(status) + " ");
}
inline bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace titip
