#include "io/zap_handler.hh"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "io/os_error.hh"

namespace titip {

namespace {

constexpr const char* zap_endpoint = "inproc://zeromq.zap.01";
constexpr std::size_t z85_chars = 40;  // of 32 bytes

// Parts of a ZAP question, in order.
enum Part {
  version,
  request_id,
  asked_domain,
  address,
  routing_id,
  mechanism,
  credential,
  part_count
};

}  // namespace

std::string user_id_of(const CurveKey& key) {
  std::array<char, z85_chars + 1> text{};
  zmq_z85_encode(text.data(), key.data(), key.size());
  return text.data();
}

bool key_of_user_id(std::string_view text, CurveKey& key) {
  return text.size() == z85_chars &&
         zmq_z85_decode(key.data(), std::string(text).c_str()) != nullptr;
}

ZapHandler::ZapHandler(Admit admit) : admit_(std::move(admit)), socket_(open_zmq_socket(ZMQ_REP)) {
  if (zmq_bind(socket_.get(), zap_endpoint) != 0)
    throw OsError("zmq_bind", zap_endpoint, zmq_errno());
}

ZapHandler::~ZapHandler() { close(); }

// Unbinding frees the name at once; closing alone frees it when ZeroMQ's threads get round to it.
void ZapHandler::close() {
  if (!socket_) return;
  zmq_unbind(socket_.get(), zap_endpoint);
  socket_.reset();
}

bool ZapHandler::admits(const std::string& by, const std::string& of, const std::string& key_text) {
  CurveKey key{};
  if (by != "CURVE" || of != domain || key_text.size() != key.size()) return false;
  std::copy(key_text.begin(), key_text.end(), key.begin());
  return admit_(key);
}

bool ZapHandler::answer_one() {
  if (!socket_) return false;
  ZmqMessage part;
  if (!part.receive(socket_.get())) return false;
  std::vector<std::string> question{std::string(part.bytes())};
  while (part.more() && part.receive(socket_.get())) question.emplace_back(part.bytes());
  const bool whole = question.size() == part_count && question[version] == "1.0";
  const bool admitted =
      whole && admits(question[mechanism], question[asked_domain], question[credential]);
  if (!socket_) return false;

  CurveKey key{};
  if (admitted) std::copy(question[credential].begin(), question[credential].end(), key.begin());
  const std::string user_id = admitted ? user_id_of(key) : std::string();
  const std::string id = question.size() > request_id ? question[request_id] : std::string();
  const std::array<std::string_view, 5> answer{"1.0", id, admitted ? "200" : "400",
                                               admitted ? "OK" : "Refused", user_id};
  for (const std::string_view text : answer) {
    if (!send_zmq_part(socket_.get(), text, ZMQ_SNDMORE)) return true;  // the asker has left
  }
  send_zmq_part(socket_.get(), {}, 0);  // no metadata of ours
  return true;
}

}  // namespace titip
