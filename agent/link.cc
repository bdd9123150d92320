#include "agent/link.hh"

#include <algorithm>
#include <chrono>

#include "core/meta.hh"
#include "io/clock.hh"
#include "io/endpoint.hh"
#include "io/log.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

std::string as_bytes(const CurveKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

AgentSession::Setup setup_of(const AgentNode& node) {
  AgentSession::Setup setup;
  setup.enrolled = node.certificate().has_value();
  setup.device_public_key = as_bytes(node.keys().curve.public_key);
  setup.schema_fingerprint = Registry::ilp().fingerprint();
  setup.seed = random_u64();
  const auto signing_key = node.invitation().hub_signing_key;
  setup.certificate_holds = [signing_key,
                             own = setup.device_public_key](const EnrolledMessage& message) {
    const auto certificate = decode_certificate(message.certificate);
    return certificate && certificate->device_public_key == own &&
           signature_holds(signing_key, message.certificate, message.signature);
  };
  return setup;
}

std::string seconds(std::uint64_t ms) {
  constexpr std::uint64_t ms_per_second = 1000;
  return std::to_string((ms + ms_per_second / 2) / ms_per_second) + " s";
}

}  // namespace

AgentLink::AgentLink(boost::asio::io_context& loop, AgentNode& node, Writer& writer,
                     const Config& config, Events events)
    : loop_(loop),
      node_(node),
      writer_(writer),
      events_(std::move(events)),
      endpoints_(config.hub_endpoints),
      session_(setup_of(node)),
      timer_(loop) {
  if (endpoints_.empty()) endpoints_.push_back(node.invitation().endpoint);
  for (const auto& endpoint : endpoints_) {
    if (!valid_dial_endpoint(endpoint)) {
      throw RefusalError({Code::bad_option, "hub", {"hub = \"tcp://HOST:PORT\""}});
    }
  }
  const auto txn = node.store().read();
  bytes_sent_before_ = meta::get_u64(*txn, meta::bytes_sent).value_or(0);
  bytes_received_before_ = meta::get_u64(*txn, meta::bytes_received).value_or(0);
}

void AgentLink::start() { wake_at(steady_now()); }

void AgentLink::appended() { perform(session_.appended(*node_.store().read(), steady_now())); }

std::uint64_t AgentLink::bytes_sent() const {
  return bytes_sent_before_ + (socket_ ? socket_->bytes_sent() : 0);
}

std::uint64_t AgentLink::bytes_received() const {
  return bytes_received_before_ + (socket_ ? socket_->bytes_received() : 0);
}

void AgentLink::perform(AgentActions actions) {
  wake_at(actions.wake);
  for (const auto& notice : actions.notices) {
    report(notice);
    if (notice.kind == AgentNotice::Kind::not_this_hub && events_.refused) {
      events_.refused(Code::wrong_hub_key);
    }
  }
  actions.notices.clear();
  if (actions.store.empty() && actions.send.empty() && !actions.close && !actions.dial) return;
  if (actions.close) {
    // What was still to be done with this link, or to open another, is decided anew.
    for (auto& waiting : pending_) {
      waiting.actions.send.clear();
      waiting.actions.dial = false;
    }
  }
  pending_.push_back({std::move(actions), socket_number_, false});
  go_on();
}

void AgentLink::go_on() {
  while (!storing_ && !pending_.empty()) {
    if (!pending_.front().stored && !pending_.front().actions.store.empty()) {
      store(pending_.front().actions.store);
      return;
    }
    finish_front();
  }
}

void AgentLink::store(const std::vector<AgentOrder>& orders) {
  storing_ = true;
  const auto work = [orders, sent = bytes_sent(), received = bytes_received()](WriteTxn& txn) {
    for (const auto& order : orders) apply_agent_order(txn, order);
    meta::put_u64(txn, meta::bytes_sent, sent);
    meta::put_u64(txn, meta::bytes_received, received);
  };
  writer_.submit({work, [this](std::optional<StoreFull> full) {
                    storing_ = false;
                    auto& front = pending_.front();
                    front.stored = true;
                    if (full) {
                      log_error("store", "the disk is full: cannot note what the hub has received");
                      front.actions = {};
                      perform(session_.not_stored(steady_now()));
                    }
                    go_on();
                  }});
}

void AgentLink::finish_front() {
  const auto front = std::move(pending_.front());
  pending_.pop_front();
  for (const auto& order : front.actions.store) {
    if (order.enrolled) {
      node_.reload_certificate();
      if (events_.enrolled) events_.enrolled();
    }
    if (order.refused && events_.refused) events_.refused(*order.refused);
  }
  bool close = front.actions.close;
  if (socket_ && front.socket == socket_number_) {
    for (const auto& frame : front.actions.send) close = !socket_->send(frame) || close;
    if (close) {
      close_socket();
      // If it was not the session's own wish, it must learn of it.
      if (!front.actions.close) {
        perform(session_.ended(*node_.store().read(), LinkEnd::lost, steady_now()));
      }
    }
  }
  if (front.actions.dial) dial();
}

void AgentLink::dial() {
  close_socket();
  ++socket_number_;
  const auto number = socket_number_;
  const auto& endpoint = endpoints_[next_endpoint_++ % endpoints_.size()];
  const auto own =
      session_.enrolled() ? node_.keys().curve : curve_pair_of_seed(node_.invitation().seed);
  DialSocket::Events events;
  events.connected = [this, number] {
    if (number != socket_number_) return;
    perform(session_.connected(*node_.store().read(), surroundings(), steady_now()));
  };
  events.frame = [this, number](std::string_view frame) {
    if (number != socket_number_) return;
    perform(session_.frame(*node_.store().read(), frame, surroundings(), steady_now()));
  };
  events.ended = [this, number](LinkEnd end) {
    if (number != socket_number_) return;
    close_socket();
    perform(session_.ended(*node_.store().read(), end, steady_now()));
  };
  log_debug("link", "dialling " + endpoint);
  socket_ = DialSocket::dial(loop_, endpoint, own, node_.invitation().hub_key, std::move(events));
}

void AgentLink::close_socket() {
  if (!socket_) return;
  bytes_sent_before_ += socket_->bytes_sent();
  bytes_received_before_ += socket_->bytes_received();
  socket_.reset();
}

void AgentLink::wake_at(TimeMs at) {
  timer_.expires_after(std::chrono::milliseconds(std::max<TimeMs>(0, at - steady_now())));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    perform(session_.tick(*node_.store().read(), steady_now()));
  });
}

Surroundings AgentLink::surroundings() const {
  Surroundings around;
  around.clock = read_clock();
  around.fresh_nonce = random_u64();
  around.status.bytes_sent = bytes_sent();
  around.status.bytes_received = bytes_received();
  around.status.free_disk_bytes = node_.store().usage().free_disk_bytes;
  return around;
}

void AgentLink::report(const AgentNotice& notice) const {
  const auto count = std::to_string(notice.count);
  switch (notice.kind) {
    case AgentNotice::Kind::dialling: return;
    case AgentNotice::Kind::enrolled:
      return log_info("enrolment", "the hub has enrolled this device");
    case AgentNotice::Kind::connected:
      return log_info("link", "connected to the hub; " + count + " events wait to be sent");
    case AgentNotice::Kind::sent: return log_debug("link", "sent " + count + " events");
    case AgentNotice::Kind::acknowledged:
      return log_debug("link", "the hub holds " + count + " more events durably");
    case AgentNotice::Kind::all_acknowledged:
      return log_info("link", "the hub holds everything recorded here");
    case AgentNotice::Kind::unanswered:
      return log_info("link", "the hub does not answer; next try in " + seconds(notice.count));
    case AgentNotice::Kind::lost:
      return log_info("link", "the connection broke; next try in " + seconds(notice.count));
    case AgentNotice::Kind::stalled:
      return log_info("link", "the hub has fallen silent; dialling anew");
    case AgentNotice::Kind::not_this_hub:
      return log_warning(
          "link",
          "the server answered, but it is not this invitation's hub, or it does not know "
          "this device; next try in " +
              seconds(notice.count));
    case AgentNotice::Kind::refused:
      if (notice.word == code_name(Code::busy)) {
        return log_info("link", "the hub asks to wait; next try in " + seconds(notice.count));
      }
      return log_warning("link", "the hub refused this device: " + notice.word + "; next try in " +
                                     seconds(notice.count));
    case AgentNotice::Kind::quarantined:
      return log_warning("link",
                         "the hub put " + count + " events into quarantine: " + notice.word);
    case AgentNotice::Kind::bad_answer:
      return log_warning("link", "the hub's answer makes no sense; dialling anew later");
  }
}

}  // namespace titip
