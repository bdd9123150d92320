#include "core/corrected_time.hh"

namespace titip {

namespace {

const ClockAnchor* anchor_of_boot(const NodeState& author, std::uint32_t boot) {
  for (const auto& anchor : author.anchors) {
    if (anchor.boot == boot) return &anchor;
  }
  return nullptr;
}

// The newest session at whose Hello the event had not been saved yet.
const ClockAnchor* anchor_before(const NodeState& author, const EventId& id) {
  for (const auto& anchor : author.anchors) {
    const Seq head = id.lane == Lane::urgent ? anchor.urgent_seq : anchor.routine_seq;
    if (anchor.incarnation == id.incarnation && head < id.seq) return &anchor;
  }
  return nullptr;
}

void clamp_to_receipt(OrderingFacts& facts, TimeMs received_at) {
  if (facts.corrected_time > received_at) {
    facts.corrected_time = received_at;
    facts.confidence = Confidence::clamped;
  }
}

}  // namespace

OrderingFacts corrected_time(schema::Event::Reader event, const EventId& id,
                             const NodeState& author, TimeMs received_at) {
  OrderingFacts facts;
  facts.rank = static_cast<std::uint8_t>(author.kind);
  facts.corrected_time = event.getAt();
  facts.confidence = Confidence::wall;
  if (const auto* anchor = anchor_of_boot(author, event.getBoot())) {
    // Device time that passed between the saving and the session, whatever its wall clock said.
    const auto elapsed = static_cast<TimeMs>(event.getUptime() - anchor->uptime);
    const TimeMs wall_error = clock_minus(clock_minus(event.getSaved(), anchor->hub_time), elapsed);
    facts.corrected_time = clock_minus(facts.corrected_time, wall_error);
    facts.confidence = Confidence::anchored;
  }
  const auto* before = anchor_before(author, id);
  if (before != nullptr && facts.corrected_time < before->hub_time) {
    facts.corrected_time = before->hub_time;
    facts.confidence = Confidence::clamped;
  }
  clamp_to_receipt(facts, received_at);
  return facts;
}

OrderingFacts corrected_time_of_own(schema::Event::Reader event, TimeMs received_at) {
  OrderingFacts facts{event.getAt(), Confidence::anchored,
                      static_cast<std::uint8_t>(FacilityKind::puskesmas)};
  clamp_to_receipt(facts, received_at);
  return facts;
}

}  // namespace titip
