#include "io/http_session.hh"

#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "io/http_head.hh"
#include "io/http_rules.hh"
#include "io/http_stream.hh"

namespace titip {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace asio = boost::asio;
using Error = boost::system::error_code;

namespace {

using Stream = beast::basic_stream<SocketProtocol>;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// One connection. Requests are taken one after the other, so pipelined ones are answered in order.
class Session : public HttpSession, public std::enable_shared_from_this<Session> {
 public:
  Session(SocketProtocol::socket socket, std::shared_ptr<HttpSessions> sessions)
      : stream_(std::move(socket)), sessions_(std::move(sessions)) {
    sessions_->open.insert(this);
  }
  ~Session() override {
    sessions_->open.erase(this);
    if (!sessions_->closed) sessions_->left();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read_head();
  void answer(HttpResponse response);
  void close() override { stream_.close(); }

 private:
  using Parser = http::request_parser<http::string_body>;

  template <typename Next>
  auto then(Next next) {
    return [self = shared_from_this(), next](Error error, std::size_t) {
      if (!self->sessions_->closed) (self.get()->*next)(error);
    };
  }
  void head_read(Error error);
  void body_read(Error error);
  void unreadable(Error error);
  void read_body();
  void handle();
  void stream(HttpResponse content);
  void written(Error error);
  void linger();
  void lingered(Error error);
  void refuse_and_close(const Refusal& refusal, std::optional<int> status = {});
  std::optional<Refusal> judge() const;
  Language language() const;

  Stream stream_;
  std::shared_ptr<HttpSessions> sessions_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::optional<http::response<http::string_body>> response_;
  bool keep_ = true;
};

// What the handler's HttpReply holds: the last copy dropped without an answer answers 500.
class PendingReply {
 public:
  explicit PendingReply(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  ~PendingReply() {
    if (!session_) return;
    auto response = refusal_response(Refusal{Code::io_failed, {}, {"http"}}, Language::english);
    response.status = 500;
    std::exchange(session_, nullptr)->answer(std::move(response));
  }
  PendingReply(const PendingReply&) = delete;
  PendingReply& operator=(const PendingReply&) = delete;

  void answer(HttpResponse response) {
    check(session_ != nullptr, "an HTTP request was answered twice");
    std::exchange(session_, nullptr)->answer(std::move(response));
  }

 private:
  std::shared_ptr<Session> session_;
};

void Session::read_head() {
  parser_.emplace();
  parser_->header_limit(limits::http_head_bytes_max);
  parser_->body_limit(limits::http_body_bytes_max);
  if (sessions_->local) {
    stream_.expires_never();
  } else {
    stream_.expires_after(sessions_->bounds.head);
  }
  http::async_read_header(stream_, buffer_, *parser_, then(&Session::head_read));
}

void Session::head_read(Error error) {
  if (error) return unreadable(error);
  keep_ = parser_->get().keep_alive();
  const auto method = parser_->get().method();
  if (method != http::verb::get && method != http::verb::head && method != http::verb::post) {
    return refuse_and_close(Refusal{Code::http_bad_request, {}, {}}, 405);
  }
  if (const auto refusal = judge()) return refuse_and_close(*refusal);
  stream_.expires_after(sessions_->bounds.transfer);
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_body();
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(go_on),
                    [self = shared_from_this()](Error e, std::size_t) {
                      if (!e && !self->sessions_->closed) self->read_body();
                    });
}

// Of a connection from the network's side only: the Unix socket's callers are the owner.
std::optional<Refusal> Session::judge() const {
  const auto& request = parser_->get();
  if (!parse_http_target(view(request.target()))) return Refusal{Code::http_bad_request, {}, {}};
  if (sessions_->local) return std::nullopt;
  HttpProvenance provenance;
  const auto collect = [&](http::field name, std::vector<std::string_view>& into) {
    const auto [begin, end] = request.equal_range(name);
    for (auto it = begin; it != end; ++it) into.push_back(view(it->value()));
  };
  collect(http::field::host, provenance.hosts);
  collect(http::field::origin, provenance.origins);
  provenance.method = view(request.method_string());
  provenance.content_type = view(request[http::field::content_type]);
  return judge_provenance(provenance);
}

void Session::read_body() {
  http::async_read(stream_, buffer_, *parser_, then(&Session::body_read));
}

void Session::body_read(Error error) {
  if (error) return unreadable(error);
  handle();
}

void Session::unreadable(Error error) {
  if (error == http::error::body_limit) {
    return refuse_and_close(
        Refusal{Code::http_too_large, {}, {std::to_string(limits::http_body_bytes_max)}});
  }
  if (error == http::error::header_limit) {
    return refuse_and_close(Refusal{Code::http_bad_request, {}, {}}, 431);
  }
  const bool gone = error == http::error::end_of_stream || error == http::error::partial_message;
  if (!gone && error.category() == make_error_code(http::error::bad_method).category()) {
    return refuse_and_close(Refusal{Code::http_bad_request, {}, {}});
  }
  stream_.close();
}

void Session::handle() {
  auto& message = parser_->get();
  auto target = parse_http_target(view(message.target()));
  check(target.has_value(), "a target that judge() let pass");
  HttpRequest request;
  request.method = message.method() == http::verb::post ? "POST" : "GET";
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  request.content_type = bare_content_type(view(message[http::field::content_type]));
  request.last_event_id = view(message["Last-Event-ID"]);
  request.local = sessions_->local;
  request.language = language();
  request.body = std::move(message.body());
  stream_.expires_never();  // the handler takes what time it needs
  auto pending = std::make_shared<PendingReply>(shared_from_this());
  sessions_->handler(std::move(request),
                     [pending](HttpResponse response) { pending->answer(std::move(response)); });
}

Language Session::language() const {
  return request_language(view(parser_->get()[http::field::accept_language]));
}

void Session::answer(HttpResponse content) {
  if (sessions_->closed) return;
  if (content.pull) return stream(std::move(content));
  const auto& request = parser_->get();
  auto& response = response_.emplace();
  fill_head(response, request.version(), content);
  if (content.status == 405) response.set(http::field::allow, "GET, HEAD, POST");
  response.keep_alive(keep_);
  response.body() = std::move(content.body);
  response.prepare_payload();
  if (request.method() == http::verb::head)
    response.body().clear();  // Content-Length stays a GET's
  stream_.expires_after(sessions_->bounds.transfer);
  http::async_write(stream_, response, then(&Session::written));
}

// The connection is the stream's from here on.
void Session::stream(HttpResponse content) {
  const auto& request = parser_->get();
  const bool head_only = request.method() == http::verb::head;
  if (!head_only && sessions_->streams >= sessions_->bounds.streams) {
    return answer(refusal_response(Refusal{Code::busy, {}, {}}, language()));
  }
  start_http_stream(stream_.release_socket(), sessions_, {request.version(), head_only},
                    std::move(content));
}

void Session::written(Error error) {
  if (error) return stream_.close();
  response_.reset();
  if (keep_) return read_head();
  Error ignored;
  stream_.socket().shutdown(SocketProtocol::socket::shutdown_send, ignored);
  stream_.expires_after(std::chrono::milliseconds(limits::http_linger_ms));
  linger();
}

// Closing with unread input resets the connection, and the peer may lose the answer that it waits
// for.
void Session::linger() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(limits::http_head_bytes_max), then(&Session::lingered));
}

void Session::lingered(Error error) {
  if (error) return stream_.close();
  linger();
}

void Session::refuse_and_close(const Refusal& refusal, std::optional<int> status) {
  keep_ = false;  // a body may follow, and is not read
  auto response = refusal_response(refusal, language());
  if (status) response.status = *status;
  answer(std::move(response));
}

}  // namespace

void start_http_session(SocketProtocol::socket socket, std::shared_ptr<HttpSessions> sessions) {
  std::make_shared<Session>(std::move(socket), std::move(sessions))->read_head();
}

}  // namespace titip
