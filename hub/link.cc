#include "hub/link.hh"

#include <chrono>

#include "core/intake_json.hh"
#include "core/pending.hh"
#include "core/rebuilding.hh"
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

HubSessions::Signed checker(const SigningPair& pair) {
  return [&pair](std::string_view certificate, std::string_view signature) {
    return signature_holds(pair.public_key, certificate, signature);
  };
}

}  // namespace

HubLink::HubLink(boost::asio::io_context& loop, HubNode& node, Writer& writer,
                 const std::string& endpoint)
    : node_(node),
      writer_(writer),
      ids_(std::make_shared<RecordIds>(random_u64())),
      sessions_(random_u64(), signer(node.keys().signing), checker(node.keys().signing)),
      report_timer_(loop) {
  sessions_.load_directory(*node.store().read());
  ListenSocket::Events events;
  events.admit = [this](const CurveKey& key) {
    // Before it listens it proves that it can keep strangers out, whomever it lets in later.
    const bool in = socket_ ? sessions_.admits(as_bytes(key)) : sessions_.knows(as_bytes(key));
    return in ? Admission::admitted : Admission::refused;
  };
  events.frame = [this](const ListenSocket::Peer& peer, std::string_view frame) {
    sessions_.set_room(node_.store().usage().accepts_new_work());
    perform(sessions_.frame(peer.route, as_bytes(peer.key), frame, read_clock().wall));
    pump();
  };
  events.left = [this](const std::string& route) {
    if (const auto left = sessions_.left(route)) log_info("link", name_of(*left) + " has left");
  };
  socket_ = ListenSocket::listen(loop, endpoint, node.keys().curve, std::move(events));
  report_received();
}

std::string HubLink::name_of(NodeId id) const {
  const auto node = find_node(*node_.store().read(), id);
  return node ? node->name + " (" + node->facility + ")" : "node " + format_hex_id(id);
}

void HubLink::report_received() {
  for (const auto& [node, count] : received_) {
    log_info("link", name_of(node) + ": " + std::to_string(count) + " events received and durable");
  }
  received_.clear();
  for (const auto& [what, times] : noise_) {
    log_warning("link",
                what + (times > 1 ? ", " + std::to_string(times) + " times" : std::string()));
  }
  noise_.clear();
  // Not each batch: a log that says everything says nothing.
  report_timer_.expires_after(std::chrono::seconds(5));
  report_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    report_received();
    pump();  // what a full connection did not take
  });
}

void HubLink::invite(const InvitationState& invitation,
                     std::function<void(std::optional<StoreFull>)> done) {
  writer_.submit({[invitation](WriteTxn& txn) { put_invitation(txn, invitation); },
                  [this, done = std::move(done)](std::optional<StoreFull> full) {
                    if (!full) sessions_.load_directory(*node_.store().read());
                    done(full);
                  }});
}

void HubLink::revoke(const std::string& name,
                     std::function<void(std::optional<StoreFull>, const Result<Revoked>&)> done) {
  const auto outcome = std::make_shared<Result<Revoked>>(Refusal{Code::no_such_node, {}, {}});
  const auto work = [name, outcome, context = node_.context()](WriteTxn& txn) {
    *outcome = titip::revoke(txn, name, context);
  };
  writer_.submit({work, [this, outcome, done = std::move(done)](std::optional<StoreFull> full) {
                    if (!full && *outcome) {
                      const auto& node = outcome->value().node;
                      log_info("enrolment", node.name + " (" + node.facility + ") is revoked");
                      perform(sessions_.revoked(node.id));
                      perform(sessions_.marks_moved(outcome->value().marks));
                      appended();
                    }
                    done(full, *outcome);
                  }});
}

void HubLink::proceed(std::function<void(std::optional<StoreFull>, const Proceeded&)> done) {
  const auto ended = std::make_shared<Proceeded>();
  writer_.submit({[ended](WriteTxn& txn) { *ended = titip::proceed(txn); },
                  [this, ended, done = std::move(done)](std::optional<StoreFull> full) {
                    if (!full) resume();
                    done(full, *ended);
                  }});
}

void HubLink::confirm(const std::string& name, ConfirmDone done) {
  using Confirmed = Result<std::vector<NodeState>>;
  const auto outcome = std::make_shared<Confirmed>(Refusal{Code::no_such_node, {}, {}});
  const auto work = [name, outcome, context = node_.context()](WriteTxn& txn) {
    *outcome = titip::confirm(txn, name, context);
  };
  writer_.submit({work, [this, outcome, done = std::move(done)](std::optional<StoreFull> full) {
                    if (!full && *outcome) {
                      for (const auto& node : outcome->value()) {
                        log_info("enrolment", node.name + " (" + node.facility + ") is confirmed");
                      }
                      resume();
                      appended();
                    }
                    done(full, *outcome);
                  }});
}

void HubLink::resume() { perform(sessions_.resumed(*node_.store().read())); }

void HubLink::perform(HubActions actions) {
  for (const auto& notice : actions.notices) report(notice);
  for (auto& order : actions.store) store(std::move(order));
  // A peer that has left or whose queue is full learns where it stands when it dials again.
  for (const auto& send : actions.send) {
    if (!socket_->send(send.route, send.frame)) sessions_.unsent(send.route);
  }
}

void HubLink::pump() {
  perform(sessions_.pump(*node_.store().read(), Registry::ilp(), read_clock().wall));
}

void HubLink::appended() {
  sessions_.appended_own();
  pump();
  appended_();
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
                    pump();
                    appended_();
                  }});
}

void HubLink::report(const HubNotice& notice) {
  const auto who = notice.node == 0 ? std::string("a device") : name_of(notice.node);
  const auto count = std::to_string(notice.count);
  switch (notice.kind) {
    case HubNotice::Kind::connected: return log_info("link", who + " is connected");
    case HubNotice::Kind::received: received_[notice.node] += notice.count; return;
    case HubNotice::Kind::enrolled:
      return log_info("enrolment", who + " is enrolled as node " + format_hex_id(notice.node));
    case HubNotice::Kind::enrolment_refused:
      ++noise_["an invitation that is used, withdrawn or expired was presented"];
      return;
    case HubNotice::Kind::refused: return log_warning("link", who + " was refused: " + notice.word);
    case HubNotice::Kind::undecodable_frame:
      ++noise_[who + " sent bytes that are no frame"];
      return;
    case HubNotice::Kind::stream_given_up:
      return log_error("link", who + " cannot read what stands at position " + count +
                                   " and is sent nothing more until it dials again: is its "
                                   "software older than this hub's?");
    case HubNotice::Kind::custodian_differs:
      return log_warning("link", who +
                                     " holds another history of this hub than the hub itself; "
                                     "it is asked to hand back what is missing here");
    case HubNotice::Kind::life_began:
      return log_warning("link", who +
                                     " goes on under a new name: its data directory was "
                                     "restored from an old copy, or copied to a second device");
    case HubNotice::Kind::pending:
      return log_warning("enrolment",
                         who +
                             " shows that this hub enrolled it once. Its events are taken; it is "
                             "sent nothing until 'titip-hub confirm'");
    case HubNotice::Kind::rebuilding:
      return log_warning("journal", who +
                                        " knows more of this hub's journal than is here: it was "
                                        "restored from an old copy. What is missing is gathered; "
                                        "until then nothing is sent down");
    case HubNotice::Kind::rebuilt:
      return log_info("journal",
                      "every district has handed back what it held; changes go down again");
    case HubNotice::Kind::handed_back:
      return log_info("journal", who + " has handed back " + count + " events");
    case HubNotice::Kind::other_copy:
      return log_error("journal", who +
                                      " was welcomed by another copy of this hub: two run with the "
                                      "same keys. Stop one of them for good");
    case HubNotice::Kind::quarantined:
      return log_warning("link",
                         who + ": " + count + " events put into quarantine: " + notice.word);
  }
}

}  // namespace titip
