#pragma once

#include <functional>

#include "io/zmq_socket.hh"

namespace titip {

// ZeroMQ asks it about every key that finished a CURVE handshake (ZAP, RFC 27). One at a time in a
// process.
class ZapHandler {
 public:
  static constexpr std::string_view domain = "titip";
  using Admit = std::function<bool(const CurveKey&)>;

  // Throws OsError (EADDRINUSE) when this process has one already.
  explicit ZapHandler(Admit admit);
  ~ZapHandler();

  // Answers one question; false: none waits. `admit` may call close().
  bool answer_one();
  void close();
  void* socket() const { return socket_.get(); }

 private:
  bool admits(const std::string& mechanism, const std::string& asked_domain,
              const std::string& key);

  Admit admit_;
  ZmqSocket socket_;
};

// The key as text, as it stands in a message's User-Id, and back. Empty text is no key.
std::string user_id_of(const CurveKey& key);
bool key_of_user_id(std::string_view text, CurveKey& key);

}  // namespace titip
