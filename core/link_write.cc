// Writing frames; core/link_read.cc tells their form.

#include <capnp/message.h>
#include <capnp/serialize.h>

#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/limits.hh"
#include "core/link_messages.hh"
#include "schema/link.capnp.h"

namespace titip {

namespace {

schema::Lane lane_out(Lane lane) { return static_cast<schema::Lane>(lane); }

void position_out(const Position& position, schema::Position::Builder out) {
  out.setEpoch(position.epoch);
  out.setOffset(position.offset);
}

template <typename Items, typename Out, typename Put>
void list_out(const Items& items, Out list, Put put) {
  unsigned at = 0;
  for (const auto& item : items) put(item, list[at++]);
}

void head_out(const Head& head, schema::Head::Builder out) {
  out.setLane(lane_out(head.lane));
  out.setSeq(head.seq);
  out.setHashLow(head.hash.low);
  out.setHashHigh(head.hash.high);
}

void stream_out(const StreamName& stream, schema::Stream::Builder out) {
  out.setKind(static_cast<schema::StreamKind>(stream.kind));
  out.setLane(lane_out(stream.lane));
  out.setName(stream.name);
}

void outcome_out(const Outcome& outcome, schema::Outcome::Builder out) {
  out.setLane(lane_out(outcome.lane));
  out.setSeq(outcome.seq);
  out.setReason(text_of(outcome.reason));
}

void write(const BatchMessage& batch, schema::Batch::Builder out) {
  stream_out(batch.stream, out.initStream());
  out.setFrom(batch.from);
  out.setTo(batch.to);
  out.setBeforeLow(batch.before.low);
  out.setBeforeHigh(batch.before.high);
  out.setAfterLow(batch.after.low);
  out.setAfterHigh(batch.after.high);
  out.setBody(data_of(batch.body));
}

void write(const AckMessage& ack, schema::Ack::Builder out) {
  stream_out(ack.stream, out.initStream());
  out.setPosition(ack.position);
  out.setHashLow(ack.hash.low);
  out.setHashHigh(ack.hash.high);
  if (!ack.quarantined.empty()) {
    list_out(ack.quarantined, out.initQuarantined(static_cast<unsigned>(ack.quarantined.size())),
             outcome_out);
  }
  out.setSafe(ack.safe);
  out.setMarksOnly(ack.marks_only);
}

void write(const DeviceStatus& status, schema::DeviceStatus::Builder out) {
  out.setBacklogEvents(status.backlog_events);
  out.setOldestUnsentSeconds(status.oldest_unsent_seconds);
  out.setBytesSent(status.bytes_sent);
  out.setBytesReceived(status.bytes_received);
  out.setFreeDiskBytes(status.free_disk_bytes);
  constexpr std::uint8_t unknown_battery = 255;
  out.setBatteryPercent(status.battery_percent.value_or(unknown_battery));
}

void held_out(const Held& held, schema::Held::Builder out) {
  stream_out(held.stream, out.initStream());
  position_out(held.position, out.initPosition());
  out.setHashLow(held.hash.low);
  out.setHashHigh(held.hash.high);
}

void epoch_out(const EpochEntry& entry, schema::EpochEntry::Builder out) {
  out.setEpoch(entry.epoch);
  out.setParent(entry.parent);
  out.setFirstOffset(entry.first_offset);
  out.setHashLow(entry.hash.low);
  out.setHashHigh(entry.hash.high);
  out.setFirstChange(entry.first_change);
}

void aside_out(const HeldAside& aside, schema::HeldAside::Builder out) {
  position_out(aside.tip, out.initTip());
  out.setHandedIn(aside.handed_in);
  position_out(aside.taken, out.initTaken());
}

void write(const Proof& proof, schema::Proof::Builder out) {
  out.setCertificate(data_of(proof.certificate));
  out.setSignature(data_of(proof.signature));
  list_out(proof.epochs, out.initEpochs(static_cast<unsigned>(proof.epochs.size())), epoch_out);
  if (proof.asides.empty()) return;
  list_out(proof.asides, out.initAsides(static_cast<unsigned>(proof.asides.size())), aside_out);
}

void write(const HelloMessage& hello, schema::Hello::Builder out) {
  out.setProtocolMin(hello.protocol_min);
  out.setProtocolMax(hello.protocol_max);
  out.setSoftware(text_of(hello.software));
  out.setSchemaFingerprint(hello.schema_fingerprint);
  out.setNonce(hello.nonce);
  out.setIncarnation(hello.incarnation);
  out.setParentIncarnation(hello.parent_incarnation);
  list_out(hello.branches, out.initBranches(static_cast<unsigned>(hello.branches.size())),
           head_out);
  list_out(hello.heads, out.initHeads(static_cast<unsigned>(hello.heads.size())), head_out);
  position_out(hello.hub_highest, out.initHubHighest());
  list_out(hello.holds, out.initHolds(static_cast<unsigned>(hello.holds.size())), held_out);
  auto clock = out.initClock();
  clock.setWall(hello.clock.wall);
  clock.setUptime(hello.clock.uptime);
  clock.setBoot(hello.clock.boot);
  write(hello.status, out.initStatus());
  if (hello.first) write(*hello.first, out.initFirst());
  out.setSince(hello.since);
  if (hello.proof) write(*hello.proof, out.initProof());
}

void write(const WelcomeMessage& welcome, schema::Welcome::Builder out) {
  out.setProtocol(welcome.protocol);
  out.setBoot(welcome.boot);
  out.setNonce(welcome.nonce);
  list_out(welcome.epochs, out.initEpochs(static_cast<unsigned>(welcome.epochs.size())), epoch_out);
  list_out(welcome.have, out.initHave(static_cast<unsigned>(welcome.have.size())), head_out);
  out.setHubTime(welcome.hub_time);
  position_out(welcome.position, out.initPosition());
  list_out(welcome.safe, out.initSafe(static_cast<unsigned>(welcome.safe.size())), head_out);
  list_out(welcome.outcomes, out.initOutcomes(static_cast<unsigned>(welcome.outcomes.size())),
           outcome_out);
  out.setSoftware(text_of(welcome.software));
  list_out(welcome.sends, out.initSends(static_cast<unsigned>(welcome.sends.size())), held_out);
  out.setRebuilding(welcome.rebuilding);
  out.setTakesBack(welcome.takes_back);
  if (!welcome.backed_up.empty()) {
    list_out(welcome.backed_up, out.initBackedUp(static_cast<unsigned>(welcome.backed_up.size())),
             head_out);
  }
}

void write(const RefuseMessage& refuse, schema::Refuse::Builder out) {
  out.setReason(static_cast<schema::RefuseReason>(refuse.reason));
  out.setRetryAfterMs(refuse.retry_after_ms);
  stream_out(refuse.stream, out.initStream());
  out.setFrom(refuse.from);
  out.setTo(refuse.to);
  out.setNonce(refuse.nonce);
}

void write(const EnrolMessage& enrol, schema::Enrol::Builder out) {
  out.setProtocolMin(enrol.protocol_min);
  out.setProtocolMax(enrol.protocol_max);
  out.setDevicePublicKey(data_of(enrol.device_public_key));
  out.setIncarnation(enrol.incarnation);
  out.setSoftware(text_of(enrol.software));
  out.setNode(enrol.node);
}

void write(const EnrolledMessage& enrolled, schema::Enrolled::Builder out) {
  out.setCertificate(data_of(enrolled.certificate));
  out.setSignature(data_of(enrolled.signature));
}

void write(const AskMessage& ask, schema::Ask::Builder out) {
  list_out(ask.records, out.initRecords(static_cast<unsigned>(ask.records.size())),
           [](const RecordKey& record, schema::AskedRecord::Builder asked) {
             asked.setType(record.type);
             asked.setId(record.id);
           });
}

struct FrameWriter {
  schema::Frame::Builder out;
  void operator()(const HelloMessage& message) { write(message, out.initHello()); }
  void operator()(const WelcomeMessage& message) { write(message, out.initWelcome()); }
  void operator()(const BatchMessage& message) { write(message, out.initBatch()); }
  void operator()(const AckMessage& message) { write(message, out.initAck()); }
  void operator()(const RefuseMessage& message) { write(message, out.initRefuse()); }
  void operator()(const EnrolMessage& message) { write(message, out.initEnrol()); }
  void operator()(const EnrolledMessage& message) { write(message, out.initEnrolled()); }
  void operator()(const AskMessage& message) { write(message, out.initAsk()); }
};

}  // namespace

std::string encode_frame(const Frame& frame) {
  capnp::MallocMessageBuilder message;
  std::visit(FrameWriter{message.initRoot<schema::Frame>()}, frame);
  const auto words = capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  check(bytes.size() <= limits::frame_bytes_max, "a frame is longer than its limit");
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

Code code_of(RefuseReason reason) {
  switch (reason) {
    case RefuseReason::not_enrolled: return Code::not_enrolled;
    case RefuseReason::revoked: return Code::revoked;
    case RefuseReason::forked: return Code::forked;
    case RefuseReason::incompatible: return Code::incompatible;
    case RefuseReason::busy: return Code::busy;
    case RefuseReason::undecodable: return Code::undecodable;
  }
  return Code::undecodable;
}

std::string encode_certificate(const Certificate& certificate) {
  StoredBuilder<schema::Certificate> out;
  out->setNode(certificate.node);
  out->setKind(static_cast<std::uint16_t>(certificate.kind));
  out->setZoneMinutes(certificate.zone_minutes);
  out->setIssued(certificate.issued);
  out->setDevicePublicKey(data_of(certificate.device_public_key));
  out->setFacility(text_of(certificate.facility));
  out->setName(text_of(certificate.name));
  out->setArea(text_of(certificate.area));
  out->setHubFacility(text_of(certificate.hub_facility));
  out->setHubName(text_of(certificate.hub_name));
  out->setZone(text_of(certificate.zone));
  const auto& scope = certificate.scope;
  if (scope.everything()) return out.bytes();
  auto types = out->initTypes(static_cast<unsigned>(scope.types.size()));
  for (unsigned i = 0; i < types.size(); ++i) types.set(i, scope.types[i]);
  auto areas = out->initAreas(static_cast<unsigned>(scope.areas.size()));
  for (unsigned i = 0; i < areas.size(); ++i) areas.set(i, text_of(scope.areas[i]));
  out->setWithholdIdentifying(scope.withhold_identifying);
  return out.bytes();
}

}  // namespace titip
