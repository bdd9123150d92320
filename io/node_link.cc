#include "io/node_link.hh"

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

LinkSession::Setup setup_of(const LinkParty& party) {
  LinkSession::Setup setup;
  setup.sends = party.sends;
  setup.receives = party.receives;
  setup.enrolled = party.enrolled;
  setup.device_public_key = as_bytes(party.keys.public_key);
  setup.schema_fingerprint = Registry::ilp().fingerprint();
  setup.seed = random_u64();
  const auto signing_key = party.invitation.hub_signing_key;
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

NodeLink::NodeLink(boost::asio::io_context& loop, LinkParty party, Writer& writer, Events events)
    : loop_(loop),
      party_(std::move(party)),
      writer_(writer),
      events_(std::move(events)),
      session_(setup_of(party_)),
      timer_(loop) {
  if (party_.endpoints.empty()) party_.endpoints.push_back(party_.invitation.endpoint);
  for (const auto& endpoint : party_.endpoints) {
    if (!valid_dial_endpoint(endpoint)) {
      throw RefusalError({Code::bad_option, "hub", {"hub = \"tcp://HOST:PORT\""}});
    }
  }
  const auto txn = read();
  bytes_sent_before_ = meta::get_u64(txn, meta::bytes_sent).value_or(0);
  bytes_received_before_ = meta::get_u64(txn, meta::bytes_received).value_or(0);
}

PrefixedRead NodeLink::read() const { return {party_.store.read(), party_.prefix}; }

void NodeLink::start() { wake_at(steady_now()); }

void NodeLink::appended() { perform(session_.appended(read(), steady_now())); }

void NodeLink::stop() {
  stopped_ = true;
  timer_.cancel();
  close_socket();
}

std::uint64_t NodeLink::bytes_sent() const {
  return bytes_sent_before_ + (socket_ ? socket_->bytes_sent() : 0);
}

std::uint64_t NodeLink::bytes_received() const {
  return bytes_received_before_ + (socket_ ? socket_->bytes_received() : 0);
}

void NodeLink::perform(LinkActions actions) {
  if (stopped_) return;
  wake_at(actions.wake);
  for (const auto& notice : actions.notices) {
    report(notice);
    if (notice.kind == LinkNotice::Kind::not_this_hub && events_.refused) {
      events_.refused(Code::wrong_hub_key);
    }
  }
  actions.notices.clear();
  queue_.add(std::move(actions), socket_number_);
  go_on();
}

void NodeLink::go_on() {
  for (;;) {
    if (const auto* orders = queue_.to_store()) return store(*orders);
    auto ready = queue_.next();
    if (!ready) return;
    finish(std::move(*ready));
  }
}

void NodeLink::store(const std::vector<LinkOrder>& orders) {
  struct Kept {
    std::vector<RecordKey> records;
    bool hole = false;  // an earlier part of a stream is missing
  };
  const auto outcome = std::make_shared<Kept>();
  const auto work = [orders, outcome, prefix = party_.prefix, keep = events_.keep,
                     sent = bytes_sent(), got = bytes_received()](WriteTxn& whole) {
    PrefixedWrite txn(whole, prefix);
    *outcome = {};
    for (const auto& order : orders) {
      if (order.received) {
        if (!follows_held(txn, *order.received)) {
          outcome->hole = true;
          return;
        }
        const auto records = keep(txn, *order.received);
        outcome->records.insert(outcome->records.end(), records.begin(), records.end());
      }
      apply_link_order(txn, order);
    }
    meta::put_u64(txn, meta::bytes_sent, sent);
    meta::put_u64(txn, meta::bytes_received, got);
  };
  const bool received = std::ranges::any_of(
      orders, [](const LinkOrder& order) { return order.received.has_value(); });
  writer_.submit({work, [this, outcome, received](std::optional<StoreFull> full) {
                    if (stopped_) return;
                    if (full) log(log_error, "the disk is full: cannot note what the hub said");
                    if (full || outcome->hole) {
                      queue_.not_stored();
                      return perform(session_.not_stored(steady_now()));
                    }
                    queue_.stored();
                    if (received && events_.kept) events_.kept(outcome->records);
                    go_on();
                  }});
}

void NodeLink::finish(LinkQueue::Ready ready) {
  for (const auto& order : ready.actions.store) {
    if (order.enrolled) {
      if (events_.enrolled) events_.enrolled();
    }
    if (order.refused && events_.refused) events_.refused(*order.refused);
  }
  bool close = ready.actions.close;
  if (socket_ && ready.socket == socket_number_) {
    for (const auto& frame : ready.actions.send) close = !socket_->send(frame) || close;
    if (close) {
      close_socket();
      // If it was not the session's own wish, it must learn of it.
      if (!ready.actions.close) {
        perform(session_.ended(read(), LinkEnd::lost, steady_now()));
      }
    }
  }
  if (ready.actions.dial) dial();
}

void NodeLink::dial() {
  close_socket();
  ++socket_number_;
  const auto number = socket_number_;
  const auto& endpoint = party_.endpoints[next_endpoint_++ % party_.endpoints.size()];
  const auto own = session_.enrolled() ? party_.keys : curve_pair_of_seed(party_.invitation.seed);
  DialSocket::Events events;
  events.connected = [this, number] {
    if (number != socket_number_) return;
    perform(session_.connected(read(), surroundings(), steady_now()));
  };
  events.frame = [this, number](std::string_view frame) {
    if (number != socket_number_) return;
    perform(session_.frame(read(), frame, surroundings(), steady_now()));
  };
  events.ended = [this, number](LinkEnd end) {
    if (number != socket_number_) return;
    close_socket();
    perform(session_.ended(read(), end, steady_now()));
  };
  log_debug("link", "dialling " + endpoint);
  socket_ = DialSocket::dial(loop_, endpoint, own, party_.invitation.hub_key, std::move(events));
}

void NodeLink::close_socket() {
  if (!socket_) return;
  bytes_sent_before_ += socket_->bytes_sent();
  bytes_received_before_ += socket_->bytes_received();
  socket_.reset();
}

void NodeLink::wake_at(TimeMs at) {
  timer_.expires_after(std::chrono::milliseconds(std::max<TimeMs>(0, at - steady_now())));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    perform(session_.tick(read(), steady_now()));
  });
}

Surroundings NodeLink::surroundings() const {
  Surroundings around;
  around.clock = read_clock();
  around.fresh_nonce = random_u64();
  around.fresh_incarnation = random_u64();
  around.status.bytes_sent = bytes_sent();
  around.status.bytes_received = bytes_received();
  const auto usage = party_.store.usage();
  around.status.free_disk_bytes = usage.free_disk_bytes;
  around.room = usage.accepts_new_work();
  return around;
}

void NodeLink::log(void (*write)(std::string_view, std::string_view),
                   const std::string& text) const {
  write("link", party_.hub.empty() ? text : party_.hub + ": " + text);
}

void NodeLink::report(const LinkNotice& notice) const {
  const auto count = std::to_string(notice.count);
  switch (notice.kind) {
    case LinkNotice::Kind::dialling: return;
    case LinkNotice::Kind::enrolled: return log(log_info, "the hub has enrolled this device");
    case LinkNotice::Kind::connected:
      return log(log_info, "connected to the hub; " + count + " events wait to be sent");
    case LinkNotice::Kind::sent: return log(log_debug, "sent " + count + " events");
    case LinkNotice::Kind::acknowledged:
      return log(log_debug, "the hub holds " + count + " more events durably");
    case LinkNotice::Kind::all_acknowledged:
      return log(log_info, "the hub holds everything recorded here");
    case LinkNotice::Kind::unanswered:
      return log(log_info, "the hub does not answer; next try in " + seconds(notice.count));
    case LinkNotice::Kind::lost:
      return log(log_info, "the connection broke; next try in " + seconds(notice.count));
    case LinkNotice::Kind::stalled:
      return log(log_info, "the hub has fallen silent; dialling anew");
    case LinkNotice::Kind::not_this_hub:
      return log(log_warning,
                 "the server answered, but it is not this invitation's hub, or it does not know "
                 "this device; next try in " +
                     seconds(notice.count));
    case LinkNotice::Kind::refused:
      if (notice.word == code_name(Code::busy)) {
        return log(log_info, "the hub asks to wait; next try in " + seconds(notice.count));
      }
      return log(log_warning, "the hub refused this device: " + notice.word + "; next try in " +
                                  seconds(notice.count));
    case LinkNotice::Kind::quarantined:
      return log(log_warning, "the hub put " + count + " events into quarantine: " + notice.word);
    case LinkNotice::Kind::bad_answer:
      return log(log_warning, "the hub's answer makes no sense; dialling anew later");
    case LinkNotice::Kind::received:
      return log(log_debug, "received " + count + " items from the hub");
    case LinkNotice::Kind::no_room:
      return log(log_warning, "no room for what the hub sends; what is held here still goes out");
    case LinkNotice::Kind::hub_rolled_back:
      return log(log_warning,
                 "the hub has lost some of what it sent here before: it was restored from an old "
                 "copy, or made anew. It is asked about " +
                     count + " records");
    case LinkNotice::Kind::minted:
      return log(log_warning,
                 "this data directory was restored from an old copy, or is used on a second "
                 "device: its journal goes on under a new name. Nothing is lost");
    case LinkNotice::Kind::handing_back:
      return log(log_warning, "the hub has lost some of its journal; handing back " + count +
                                  " entries that are held here");
    case LinkNotice::Kind::handed_back: return log(log_info, "the hub has back what it had lost");
  }
}

}  // namespace titip
