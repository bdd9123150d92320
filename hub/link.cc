#include "hub/link.hh"

#include "core/intake_json.hh"
#include "io/clock.hh"
#include "io/log.hh"

namespace titip {

namespace {

std::string_view as_bytes(const CurveKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

std::function<std::string(std::string_view)> signer(const SigningPair& pair) {
  return [&pair](std::string_view certificate) { return sign(pair, certificate); };
}

}  // namespace

HubLink::HubLink(boost::asio::io_context& loop, HubNode& node, Writer& writer,
                 const std::string& endpoint)
    : node_(node),
      writer_(writer),
      ids_(std::make_shared<RecordIds>(random_u64())),
      sessions_(random_u64(), signer(node.keys().signing)) {
  sessions_.load_directory(*node.store().read());
  ListenSocket::Events events;
  events.admit = [this](const CurveKey& key) {
    return sessions_.admits(as_bytes(key)) ? Admission::admitted : Admission::refused;
  };
  events.frame = [this](const ListenSocket::Peer& peer, std::string_view frame) {
    perform(sessions_.frame(peer.route, as_bytes(peer.key), frame, read_clock().wall));
  };
  events.left = [this](const std::string& route) { sessions_.left(route); };
  socket_ = ListenSocket::listen(loop, endpoint, node.keys().curve, std::move(events));
}

void HubLink::invite(const InvitationState& invitation,
                     std::function<void(std::optional<StoreFull>)> done) {
  writer_.submit({[invitation](WriteTxn& txn) { put_invitation(txn, invitation); },
                  [this, done = std::move(done)](std::optional<StoreFull> full) {
                    if (!full) sessions_.load_directory(*node_.store().read());
                    done(full);
                  }});
}

void HubLink::perform(HubActions actions) {
  for (const auto& notice : actions.notices) report(notice);
  for (auto& order : actions.store) store(std::move(order));
  // A peer that has left or whose queue is full learns where it stands when it dials again.
  for (const auto& send : actions.send) socket_->send(send.route, send.frame);
}

void HubLink::store(HubOrder order) {
  struct Job {
    HubOrder order;
    HubContext context;
    Certificate profile;
    std::shared_ptr<RecordIds> ids;
    std::optional<HubOutcome> outcome;
  };
  const auto job = std::make_shared<Job>(
      Job{std::move(order), node_.context(), node_.profile(), ids_, std::nullopt});
  writer_.submit({[job](WriteTxn& txn) {
                    job->outcome =
                        titip::perform(txn, job->order, job->context, job->profile, *job->ids);
                  },
                  [this, job](std::optional<StoreFull> full) {
                    if (full) {
                      log_error("store", "the disk or the map is full: nodes are asked to wait");
                      return perform(sessions_.not_stored(job->order));
                    }
                    perform(sessions_.stored(job->order, *job->outcome, read_clock().wall));
                  }});
}

void HubLink::report(const HubNotice& notice) {
  const auto who = notice.node == 0 ? std::string("a device") : "node " + format_hex_id(notice.node);
  const auto count = std::to_string(notice.count);
  switch (notice.kind) {
    case HubNotice::Kind::connected: return log_info("link", who + " is connected");
    case HubNotice::Kind::received:
      return log_debug("link", who + ": " + count + " events received and durable");
    case HubNotice::Kind::enrolled:
      return log_info("enrolment", who + " enrolled at facility " + notice.word);
    case HubNotice::Kind::enrolment_refused:
      return log_warning("enrolment", "an invitation that is used, withdrawn or expired was presented");
    case HubNotice::Kind::refused:
      return log_warning("link", who + " was refused: " + notice.word);
    case HubNotice::Kind::undecodable_frame:
      return log_warning("link", who + " sent bytes that are no frame");
    case HubNotice::Kind::quarantined:
      return log_warning("link", who + ": " + count + " events put into quarantine: " + notice.word);
  }
}

}  // namespace titip
