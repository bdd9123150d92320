#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>

#include "io/http_listen.hh"
#include "io/http_server.hh"
#include "io/os_error.hh"

namespace titip {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Error = boost::system::error_code;

// Asio's blocking calls ignore SO_RCVTIMEO and wait for ever; these do not. What Beast calls a
// SyncStream.
class BlockingStream {
 public:
  explicit BlockingStream(int socket) : socket_(socket) {}

  template <typename Buffers>
  std::size_t read_some(const Buffers& buffers, Error& error) {
    const auto part = first<asio::mutable_buffer>(buffers);
    if (part.size() == 0) return 0;
    return take(error, [&] { return ::recv(socket_, part.data(), part.size(), 0); });
  }
  template <typename Buffers>
  std::size_t write_some(const Buffers& buffers, Error& error) {
    const auto part = first<asio::const_buffer>(buffers);
    if (part.size() == 0) return 0;
    return take(error, [&] { return ::send(socket_, part.data(), part.size(), MSG_NOSIGNAL); });
  }
  template <typename Buffers>
  std::size_t read_some(const Buffers& buffers) {
    Error error;
    const auto size = read_some(buffers, error);
    if (error) throw boost::system::system_error(error);
    return size;
  }
  template <typename Buffers>
  std::size_t write_some(const Buffers& buffers) {
    Error error;
    const auto size = write_some(buffers, error);
    if (error) throw boost::system::system_error(error);
    return size;
  }

 private:
  template <typename Buffer, typename Buffers>
  static Buffer first(const Buffers& buffers) {
    const auto end = asio::buffer_sequence_end(buffers);
    for (auto it = asio::buffer_sequence_begin(buffers); it != end; ++it) {
      if (Buffer(*it).size() > 0) return *it;
    }
    return {};
  }
  template <typename Call>
  static std::size_t take(Error& error, Call call) {
    error = {};
    for (;;) {
      const auto size = call();
      if (size > 0) return static_cast<std::size_t>(size);
      if (size < 0 && errno == EINTR) continue;
      error = size == 0 ? Error(asio::error::eof) : Error(errno, boost::system::system_category());
      return 0;
    }
  }

  int socket_;
};

int number_of(const Error& error) {
  if (error.category() != boost::system::system_category()) return ECONNRESET;
  return error.value() == EAGAIN ? ETIMEDOUT : error.value();
}

class Client : public LocalClient {
 public:
  Client(std::filesystem::path path, SocketHandle socket)
      : path_(std::move(path)), socket_(std::move(socket)) {}

  HttpResponse exchange(const std::string& method, const std::string& target,
                        const std::string& content_type, std::string_view body) override {
    const auto write_error = send(method, target, content_type, body);
    BlockingStream stream(socket_.get());
    // A refusal of the request's head may be there although its body was not taken.
    return read_response(stream, method, write_error);
  }

  HttpResponse follow(const std::string& target,
                      const std::function<bool(std::string_view line)>& line) override {
    if (const auto error = send("GET", target, {}, {})) fail("send", error);
    BlockingStream stream(socket_.get());
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    Error error;
    http::read_header(stream, buffer_, parser, error);
    HttpResponse response;
    response.status = static_cast<int>(parser.get().result_int());
    response.content_type = std::string(parser.get()[http::field::content_type]);
    std::string text;
    std::array<char, 16 * limits::kib> piece;
    bool wanted = true;
    while (!error && wanted && !parser.is_done()) {
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      http::read_some(stream, buffer_, parser, error);
      if (error == http::error::need_buffer) error = {};
      text.append(piece.data(), piece.size() - parser.get().body().size);
      if (response.status == 200) wanted = hand_on(text, line);
    }
    socket_.close();  // the end of a stream is the end of its connection
    buffer_.clear();
    if (error) fail("receive", error);
    if (response.status != 200) response.body = std::move(text);
    return response;
  }

 private:
  // What went wrong is often told by the answer.
  Error send(const std::string& method, const std::string& target, const std::string& content_type,
             std::string_view body) {
    if (!usable()) reconnect();
    http::request<http::string_body> request;
    request.version(11);
    request.method_string(method);
    request.target(target);
    request.set(http::field::host, "localhost");
    if (!content_type.empty()) request.set(http::field::content_type, content_type);
    request.body() = body;
    request.prepare_payload();
    BlockingStream stream(socket_.get());
    Error error;
    http::write(stream, request, error);
    return error;
  }

  [[noreturn]] void fail(const char* call, const Error& error) {
    socket_.close();
    throw OsError(call, path_.string(), number_of(error));
  }

  // Takes the whole lines out of `text`; false: no more are wanted.
  static bool hand_on(std::string& text, const std::function<bool(std::string_view line)>& line) {
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
      const auto found = std::string_view(text).substr(begin, end - begin);
      begin = end + 1;
      if (!found.empty() && !line(found)) return false;
    }
    text.erase(0, begin);
    return true;
  }

  HttpResponse read_response(BlockingStream& stream, const std::string& method,
                             const Error& write_error) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    parser.skip(method == "HEAD");
    Error read_error;
    http::read(stream, buffer_, parser, read_error);
    if (read_error) {
      fail(write_error ? "send" : "receive", write_error ? write_error : read_error);
    }
    auto response = parser.release();
    if (!response.keep_alive()) socket_.close();
    const auto type = response[http::field::content_type];
    return {static_cast<int>(response.result_int()), std::string(type), std::move(response.body())};
  }

  // False when the daemon has closed the connection since the last exchange, for example to
  // restart.
  bool usable() const {
    if (!socket_.open()) return false;
    char byte = 0;
    return ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }

  void reconnect() {
    buffer_.clear();
    auto socket = connect_unix_socket(path_, limits::local_exchange_ms_max / 1000);
    if (!socket) throw OsError("connect", path_.string(), ECONNREFUSED);
    socket_ = std::move(*socket);
  }

  std::filesystem::path path_;
  SocketHandle socket_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace

std::unique_ptr<LocalClient> LocalClient::connect(const std::filesystem::path& socket) {
  auto handle = connect_unix_socket(socket, limits::local_exchange_ms_max / 1000);
  if (!handle) return nullptr;
  return std::make_unique<Client>(socket, std::move(*handle));
}

}  // namespace titip
