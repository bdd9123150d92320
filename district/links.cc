#include "district/links.hh"

#include <chrono>

#include "core/intake_json.hh"
#include "io/joined_json.hh"
#include "io/keys.hh"

namespace titip {

namespace {

std::vector<RecordKey> keep(WriteTxn& part, const Received& received) {
  if (received.kind == StreamKind::hub_changes) return keep_changes(part, received);
  keep_journal(part, received);
  return {};
}

}  // namespace

void DistrictLinks::start() {
  for (const auto& hub : node_.hubs()) dial(hub);
}

void DistrictLinks::dial(const JoinedHub& hub) {
  hang_up(hub.id);
  LinkParty party{
      node_.store(), hub.prefix, node_.keys().curve, hub.invitation, false, {}, {}, {}, {}};
  party.enrolled = hub.certificate.has_value();
  party.receives = {StreamKind::hub_journal, StreamKind::hub_changes};
  party.hub = hub.name();
  NodeLink::Events events;
  events.keep = keep;
  events.kept = [this](const std::vector<RecordKey>&) { kept_(); };
  events.enrolled = [this, id = hub.id] {
    node_.reload();
    answer(id, true);
  };
  events.refused = [this, id = hub.id](Code code) { refused(id, code); };
  links_[hub.id] = std::make_unique<NodeLink>(loop_, std::move(party), writer_, std::move(events));
  links_[hub.id]->start();
}

void DistrictLinks::hang_up(HubId hub) {
  const auto found = links_.find(hub);
  if (found == links_.end()) return;
  found->second->stop();
  stopped_.push_back(std::move(found->second));
  links_.erase(found);
}

void DistrictLinks::join(const Asked& asked, int patience_ms, Joined done) {
  std::optional<HubId> former;
  if (asked.replaces) {
    const auto hub = node_.hub_named(*asked.replaces);
    if (!hub) {
      const bool none = node_.hubs().empty();
      return done(none ? Refusal{Code::nothing_to_replace, {}, {}} : hub.refusal());
    }
    former = hub->id;
  }
  // What its link still brings belongs to the hub that is gone.
  const bool hung_up = former && links_.contains(*former);
  if (hung_up) hang_up(*former);
  const auto accepted = std::make_shared<std::optional<Result<Accepted>>>();
  const auto work = [accepted, former, invitation = asked.invitation,
                     incarnation = random_u64()](WriteTxn& whole) {
    *accepted = former ? replace_former_hub(whole, *former, invitation)
                       : accept_invitation(whole, invitation, incarnation);
  };
  const auto accept = [this, accepted, hung_up, former, patience_ms,
                       done = std::move(done)](std::optional<StoreFull> full) {
    if (hung_up) {
      node_.reload();
      dial(node_.hub_named(format_hex_id(*former)).value());
    }
    if (full) return done(Refusal{Code::disk_full, {}, {}});
    if (!**accepted) return done((*accepted)->refusal());
    enrol((*accepted)->value(), patience_ms, done);
  };
  writer_.submit({work, accept});
}

void DistrictLinks::enrol(const Accepted& accepted, int patience_ms, Joined done) {
  node_.reload();
  for (const auto gone : accepted.gone) hang_up(gone);
  const auto hub = node_.hub_named(format_hex_id(accepted.hub));
  check(hub.ok(), "a hub that was just joined is not known");
  const bool running = links_.contains(hub->id);
  if (hub->certificate) {
    if (running && accepted.changed) dial(*hub);  // it may be reached elsewhere now
    return done(JoinOutcome{*hub, true, true, {}});
  }
  answer(hub->id, false);  // to whoever waits already
  auto waiting = std::make_unique<Waiting>(
      Waiting{std::move(done), boost::asio::steady_timer(loop_), std::nullopt});
  waiting->patience.expires_after(std::chrono::milliseconds(patience_ms));
  waiting->patience.async_wait([this, id = hub->id](const boost::system::error_code& error) {
    if (!error) answer(id, false);
  });
  waiting_[hub->id] = std::move(waiting);
  // A link that is refused would rest for an hour: one that a person asks for dials at once.
  dial(*hub);
}

void DistrictLinks::refused(HubId hub, Code code) {
  const auto found = waiting_.find(hub);
  if (found == waiting_.end()) return;
  // Once may be a link that was cut in the middle of the handshake.
  const bool again = found->second->refused == code;
  found->second->refused = code;
  if (code != Code::wrong_hub_key || again) answer(hub, false);
}

void DistrictLinks::answer(HubId id, bool enrolled) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  const auto waiting = std::move(found->second);
  waiting_.erase(found);
  const auto hub = node_.hub_named(format_hex_id(id));
  check(hub.ok(), "a hub that is being joined is not known");
  waiting->done(JoinOutcome{*hub, false, enrolled, waiting->refused});
}

std::optional<DistrictLinks::LinkState> DistrictLinks::state(HubId hub) const {
  const auto found = links_.find(hub);
  if (found == links_.end()) return std::nullopt;
  const auto& link = *found->second;
  return LinkState{link.connected(), link.bytes_sent(), link.bytes_received()};
}

namespace {

// Why the hub enrolled nobody; nullopt: it did, or has not answered.
std::optional<Refusal> refusal_of(const DistrictLinks::JoinOutcome& outcome, TimeMs now) {
  if (outcome.enrolled || !outcome.refused) return std::nullopt;
  if (*outcome.refused != Code::not_enrolled) return Refusal{*outcome.refused, {}, {}};
  // The clock here may be wrong, but it is the best guess at which of the two it was.
  const bool old = outcome.hub.invitation.expires_at < now;
  return Refusal{old ? Code::invitation_expired : Code::invitation_used, {}, {}};
}

}  // namespace

Result<std::string> join_sentence(const DistrictLinks::JoinOutcome& outcome, Language language,
                                  TimeMs now) {
  if (auto refusal = refusal_of(outcome, now)) return *refusal;
  const bool indonesian = language == Language::indonesian;
  const auto named = [](const std::string& name, const std::string& facility) {
    return name + " (" + facility + ")";
  };
  if (outcome.enrolled) {
    const auto& certificate = outcome.hub.certificate.value();
    const auto hub = named(certificate.hub_name, certificate.hub_facility);
    const auto own = named(certificate.name, certificate.facility);
    if (outcome.again) {
      return indonesian ? "Sudah terdaftar di " + hub + " sebagai " + own + "."
                        : "Already enrolled at " + hub + " as " + own + ".";
    }
    return indonesian ? "Terdaftar di " + hub + " sebagai " + own + "."
                      : "Enrolled at " + hub + " as " + own + ".";
  }
  return std::string(indonesian
                         ? "Undangan tersimpan; hub belum menjawab. 'titip-district run' akan "
                           "mendaftar saat hub menjawab."
                         : "The invitation is saved; the hub does not answer yet. "
                           "'titip-district run' will enrol when the hub answers.");
}

Result<std::string> join_json(const DistrictLinks::JoinOutcome& outcome, TimeMs now) {
  if (auto refusal = refusal_of(outcome, now)) return *refusal;
  const auto& invitation = outcome.hub.invitation;
  return joined_json(invitation.facility, invitation.name, outcome.hub.certificate);
}

}  // namespace titip
