// Frames: Cap'n Proto's stream format with exactly one message and no trailing bytes, unpacked.
//
//   u32 segment count - 1, u32 words in each segment, padding to 8 bytes, the segments
//
// Reading copies into aligned words, limits traversal to a small multiple of the size and nesting
// to limits::nesting_max, bounds every list, and turns whatever Cap'n Proto throws into nullopt in
// one place.

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstring>

#include "core/capnp_bytes.hh"
#include "core/limits.hh"
#include "core/link_messages.hh"
#include "core/text_check.hh"
#include "schema/link.capnp.h"

namespace titip {

namespace {

// Thrown inside this file only, for what Cap'n Proto allows and we do not.
struct NotAFrame {};

void require(bool holds) {
  if (!holds) throw NotAFrame{};
}

std::string text_in(capnp::Text::Reader text, std::size_t bytes_max) {
  require(text.size() <= bytes_max && valid_utf8(view_of(text)));
  return {text.begin(), text.size()};
}

std::string data_in(capnp::Data::Reader data, std::size_t bytes_max) {
  require(data.size() <= bytes_max);
  return std::string(view_of(data));
}

Lane lane_in(schema::Lane lane) {
  require(lane == schema::Lane::ROUTINE || lane == schema::Lane::URGENT);
  return static_cast<Lane>(lane);
}

Position position_in(schema::Position::Reader in) { return {in.getEpoch(), in.getOffset()}; }

template <typename In, typename Read>
auto list_in(In list, std::size_t count_max, Read read) {
  require(list.size() <= count_max);
  std::vector<decltype(read(list[0]))> out;
  out.reserve(list.size());
  for (const auto& item : list) out.push_back(read(item));
  return out;
}

Head head_in(schema::Head::Reader in) {
  return {lane_in(in.getLane()), in.getSeq(), {in.getHashLow(), in.getHashHigh()}};
}

StreamName stream_in(schema::Stream::Reader in) {
  require(in.getKind() <= schema::StreamKind::HUB_CHANGES);
  return {static_cast<StreamKind>(in.getKind()), lane_in(in.getLane()), in.getName()};
}

Outcome outcome_in(schema::Outcome::Reader in) {
  return {lane_in(in.getLane()), in.getSeq(), text_in(in.getReason(), 64)};
}

BatchMessage batch_in(schema::Batch::Reader in) {
  BatchMessage batch;
  batch.stream = stream_in(in.getStream());
  batch.from = in.getFrom();
  batch.to = in.getTo();
  batch.before = {in.getBeforeLow(), in.getBeforeHigh()};
  batch.after = {in.getAfterLow(), in.getAfterHigh()};
  batch.body = data_in(in.getBody(), limits::batch_body_bytes_max);
  require(batch.from < batch.to);
  // A feed's positions have gaps; a journal's have none.
  require(batch.stream.kind == StreamKind::hub_changes ||
          batch.to - batch.from <= limits::batch_events_max);
  return batch;
}

AckMessage ack_in(schema::Ack::Reader in) {
  AckMessage ack;
  ack.stream = stream_in(in.getStream());
  ack.position = in.getPosition();
  ack.hash = {in.getHashLow(), in.getHashHigh()};
  ack.quarantined = list_in(in.getQuarantined(), limits::outcomes_per_frame_max, outcome_in);
  ack.safe = in.getSafe();
  ack.marks_only = in.getMarksOnly();
  return ack;
}

DeviceStatus status_in(schema::DeviceStatus::Reader in) {
  DeviceStatus status;
  status.backlog_events = in.getBacklogEvents();
  status.oldest_unsent_seconds = in.getOldestUnsentSeconds();
  status.bytes_sent = in.getBytesSent();
  status.bytes_received = in.getBytesReceived();
  status.free_disk_bytes = in.getFreeDiskBytes();
  if (in.getBatteryPercent() <= 100) status.battery_percent = in.getBatteryPercent();
  return status;
}

Held held_in(schema::Held::Reader in) {
  return {stream_in(in.getStream()),
          position_in(in.getPosition()),
          {in.getHashLow(), in.getHashHigh()}};
}

constexpr std::size_t heads_max = 16;  // lanes of an incarnation and of its parents
constexpr std::size_t software_bytes_max = 64;

EpochEntry epoch_in(schema::EpochEntry::Reader in) {
  return {in.getEpoch(),
          in.getParent(),
          in.getFirstOffset(),
          {in.getHashLow(), in.getHashHigh()},
          in.getFirstChange()};
}

constexpr std::size_t certificate_bytes_max = 4 * limits::kib;

HeldAside aside_in(schema::HeldAside::Reader in) {
  return {position_in(in.getTip()), in.getHandedIn(), position_in(in.getTaken())};
}

Proof proof_in(schema::Proof::Reader in) {
  Proof proof{data_in(in.getCertificate(), certificate_bytes_max), data_in(in.getSignature(), 64),
              list_in(in.getEpochs(), limits::epochs_per_frame_max, epoch_in),
              list_in(in.getAsides(), limits::asides_per_frame_max, aside_in)};
  require(proof.certificate.empty() || proof.signature.size() == 64);
  return proof;
}

HelloMessage hello_in(schema::Hello::Reader in) {
  HelloMessage hello;
  hello.protocol_min = in.getProtocolMin();
  hello.protocol_max = in.getProtocolMax();
  hello.software = text_in(in.getSoftware(), software_bytes_max);
  hello.schema_fingerprint = in.getSchemaFingerprint();
  hello.nonce = in.getNonce();
  hello.incarnation = in.getIncarnation();
  hello.parent_incarnation = in.getParentIncarnation();
  hello.branches = list_in(in.getBranches(), heads_max, head_in);
  hello.heads = list_in(in.getHeads(), heads_max, head_in);
  hello.hub_highest = position_in(in.getHubHighest());
  hello.holds = list_in(in.getHolds(), heads_max, held_in);
  const auto clock = in.getClock();
  hello.clock = {clock.getWall(), clock.getUptime(), clock.getBoot()};
  hello.status = status_in(in.getStatus());
  if (in.hasFirst()) hello.first = batch_in(in.getFirst());
  hello.since = in.getSince();
  if (in.hasProof()) hello.proof = proof_in(in.getProof());
  require(hello.incarnation != 0 && hello.nonce != 0);
  return hello;
}

WelcomeMessage welcome_in(schema::Welcome::Reader in) {
  WelcomeMessage welcome;
  welcome.protocol = in.getProtocol();
  welcome.boot = in.getBoot();
  welcome.nonce = in.getNonce();
  welcome.epochs = list_in(in.getEpochs(), limits::epochs_per_frame_max, epoch_in);
  welcome.have = list_in(in.getHave(), heads_max, head_in);
  welcome.hub_time = in.getHubTime();
  welcome.position = position_in(in.getPosition());
  welcome.safe = list_in(in.getSafe(), heads_max, head_in);
  welcome.outcomes = list_in(in.getOutcomes(), limits::outcomes_per_frame_max, outcome_in);
  welcome.software = text_in(in.getSoftware(), software_bytes_max);
  welcome.sends = list_in(in.getSends(), heads_max, held_in);
  welcome.rebuilding = in.getRebuilding();
  welcome.takes_back = in.getTakesBack();
  welcome.backed_up = list_in(in.getBackedUp(), heads_max, head_in);
  return welcome;
}

RefuseMessage refuse_in(schema::Refuse::Reader in) {
  require(in.getReason() <= schema::RefuseReason::UNDECODABLE);
  return {static_cast<RefuseReason>(in.getReason()),
          in.getRetryAfterMs(),
          stream_in(in.getStream()),
          in.getFrom(),
          in.getTo(),
          in.getNonce()};
}

EnrolMessage enrol_in(schema::Enrol::Reader in) {
  EnrolMessage enrol{in.getProtocolMin(),
                     in.getProtocolMax(),
                     data_in(in.getDevicePublicKey(), 32),
                     in.getIncarnation(),
                     text_in(in.getSoftware(), software_bytes_max),
                     in.getNode()};
  require(enrol.device_public_key.size() == 32 && enrol.incarnation != 0);
  return enrol;
}

EnrolledMessage enrolled_in(schema::Enrolled::Reader in) {
  EnrolledMessage enrolled{data_in(in.getCertificate(), certificate_bytes_max),
                           data_in(in.getSignature(), 64)};
  require(enrolled.signature.size() == 64);
  return enrolled;
}

AskMessage ask_in(schema::Ask::Reader in) {
  return {
      list_in(in.getRecords(), limits::asked_per_frame_max, [](schema::AskedRecord::Reader asked) {
        return RecordKey{asked.getType(), asked.getId()};
      })};
}

std::optional<Frame> frame_in(schema::Frame::Reader in) {
  switch (in.which()) {
    case schema::Frame::HELLO: return hello_in(in.getHello());
    case schema::Frame::WELCOME: return welcome_in(in.getWelcome());
    case schema::Frame::BATCH: return batch_in(in.getBatch());
    case schema::Frame::ACK: return ack_in(in.getAck());
    case schema::Frame::REFUSE: return refuse_in(in.getRefuse());
    case schema::Frame::ENROL: return enrol_in(in.getEnrol());
    case schema::Frame::ENROLLED: return enrolled_in(in.getEnrolled());
    case schema::Frame::ASK: return ask_in(in.getAsk());
  }
  return std::nullopt;
}

}  // namespace

std::optional<Frame> decode_frame(std::string_view bytes) {
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0 ||
      bytes.size() > limits::frame_bytes_max) {
    return std::nullopt;
  }
  auto words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
  std::memcpy(words.begin(), bytes.data(), bytes.size());
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 4 * words.size() + 64;
  options.nestingLimit = limits::nesting_max;
  try {
    capnp::FlatArrayMessageReader message(words, options);
    if (message.getEnd() != words.end()) return std::nullopt;
    return frame_in(message.getRoot<schema::Frame>());
  } catch (const kj::Exception&) {
    return std::nullopt;
  } catch (const NotAFrame&) {
    return std::nullopt;
  }
}

std::optional<Certificate> decode_certificate(std::string_view bytes) {
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0) return std::nullopt;
  try {
    const StoredReader<schema::Certificate> in(bytes);
    Certificate out;
    out.node = in->getNode();
    require(in->getKind() >= 1 && in->getKind() <= 4);
    out.kind = static_cast<FacilityKind>(in->getKind());
    out.zone_minutes = in->getZoneMinutes();
    out.issued = in->getIssued();
    out.device_public_key = data_in(in->getDevicePublicKey(), 32);
    out.facility = text_in(in->getFacility(), limits::facility_code_bytes_max);
    out.name = text_in(in->getName(), limits::name_bytes_max);
    out.area = text_in(in->getArea(), 16);
    out.hub_facility = text_in(in->getHubFacility(), limits::facility_code_bytes_max);
    out.hub_name = text_in(in->getHubName(), limits::name_bytes_max);
    out.zone = text_in(in->getZone(), 64);
    for (const auto type : in->getTypes()) out.scope.types.push_back(type);
    for (const auto area : in->getAreas()) out.scope.areas.push_back(text_in(area, 16));
    out.scope.withhold_identifying = in->getWithholdIdentifying();
    return out;
  } catch (const kj::Exception&) {
    return std::nullopt;
  } catch (const NotAFrame&) {
    return std::nullopt;
  }
}

}  // namespace titip
