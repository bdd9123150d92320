#pragma once

// A small HTTP/1.1 server over Boost.Beast, on TCP (loopback) and on the data directory's Unix
// socket, which is also how the command line speaks to a running daemon. Beast is behind
// http_session.cc and local_client.cc only.

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/limits.hh"
#include "core/refusal.hh"

namespace titip {

struct HttpRequest {
  std::string method;  // GET or POST; a HEAD comes as a GET, and its body is not sent
  std::string path;    // decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;
  std::string content_type;   // lower case, without parameters
  std::string last_event_id;  // the header by which a browser's EventSource resumes
  std::string body;
  bool local = false;                     // came by the Unix socket: the data directory's owner
  Language language = Language::english;  // by Accept-Language
  std::string_view query_value(std::string_view key, std::string_view otherwise = {}) const;
};

// Takes the next part of a streamed body, or nullopt, which ends it. Call it once, from the loop's
// thread, at once or later; when the client or the server has gone it does nothing. Dropping it
// breaks the connection off, so that the client knows that something is missing.
using HttpMore = std::function<void(std::optional<std::string> part)>;
// Asks for the next part: when the former one was written and not before, so that a slow reader
// holds up nothing but its own stream. Destroyed when the stream or the connection has ended, and
// with the server.
using HttpPull = std::function<void(HttpMore more)>;

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  // Set: `body` is only the first part, perhaps an empty one. The connection ends with the stream.
  HttpPull pull = nullptr;
};

// {"code","message"} and "field" where there is one, with the refusal's status.
HttpResponse refusal_response(const Refusal& refusal, Language language);

// What a daemon's answer refuses, if it does: the reverse of refusal_response, without the details.
std::optional<Refusal> refusal_in(const HttpResponse& response);

// Answers later, once, from the loop's thread. Dropping it answers 500.
using HttpReply = std::function<void(HttpResponse)>;
using HttpHandler = std::function<void(HttpRequest, HttpReply)>;

struct HttpLimits {
  std::size_t connections = limits::http_connections_max;    // the next wait in the kernel's queue
  std::chrono::milliseconds head{limits::http_head_ms_max};  // also between two requests
  std::chrono::milliseconds transfer{
      limits::http_transfer_ms_max};               // a whole body or response, or one part
  std::size_t streams = limits::http_streams_max;  // open at once; one more is 503
};

// Destroy it before the loop; that closes every connection, and replies to them do nothing.
class HttpServer {
 public:
  // Throws a RefusalError when the address is in use or is not loopback. `address` is
  // "127.0.0.1:7410"; port 0 chooses one. Refuses (403) a foreign Host or Origin and (413, 415…)
  // what limits.hh bounds, before `handler` sees it.
  static std::unique_ptr<HttpServer> listen(boost::asio::io_context& loop,
                                            const std::string& address, HttpHandler handler,
                                            HttpLimits limits = {});
  // Replaces a stale socket file; mode 0600. Callers are the owner: no Host, Origin or content type
  // is asked of them, and a connection may stay idle.
  static std::unique_ptr<HttpServer> listen_unix(boost::asio::io_context& loop,
                                                 const std::filesystem::path& socket,
                                                 HttpHandler handler, HttpLimits limits = {});
  virtual ~HttpServer() = default;
  virtual std::string address() const = 0;
};

// One blocking exchange with a daemon over its Unix socket, for the command line.
class LocalClient {
 public:
  // nullptr: nobody listens there.
  static std::unique_ptr<LocalClient> connect(const std::filesystem::path& socket);
  virtual ~LocalClient() = default;
  // Keeps the connection. Throws OsError when it breaks.
  virtual HttpResponse exchange(const std::string& method, const std::string& target,
                                const std::string& content_type, std::string_view body) = 0;
  // GETs a streamed answer and hands on its lines, without their ends and without blank ones, as
  // they come; until `line` returns false, which breaks it off, or the stream ends. What is
  // returned has a body only for a status other than 200. Throws OsError when the connection breaks
  // or stays silent.
  virtual HttpResponse follow(const std::string& target,
                              const std::function<bool(std::string_view line)>& line) = 0;
};

}  // namespace titip
