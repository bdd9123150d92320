#include "tests/support/posyandu_events.hh"

#include <utility>

#include "core/check.hh"
#include "core/intake_json.hh"

namespace titip {

namespace {

constexpr std::int16_t zone_minutes = 540;
constexpr TimeMs day_ms = 86'400'000;
constexpr std::uint64_t events_per_commit = 64;

}  // namespace

PosyanduEvents::PosyanduEvents(std::uint64_t seed, std::string facility, Saving saving,
                               DayOptions options)
    : day_(seed, std::move(facility), options), random_(seed + 1), saving_(saving) {
  next_id_ = random_.next() | 1;
}

// A commit takes some milliseconds, in which the events that it saves all have one reading. The
// device is switched on for the day.
ClockReading PosyanduEvents::clock_at(TimeMs at) {
  TimeMs wall = 1'731'000'000'000 + static_cast<TimeMs>(made_ / events_per_commit * 4);
  if (saving_ == Saving::as_it_goes) wall = at + random_.between(1'500, 9'000);
  if (boot_ == 0 || wall - booted_ > day_ms / 2) {
    booted_ = wall - random_.between(60'000, 900'000);
    boot_ = static_cast<std::uint32_t>(random_.next()) | 1;
  }
  return {wall, static_cast<UptimeMs>(wall - booted_), boot_};
}

MadeEvent PosyanduEvents::next() {
  MadeEvent made;
  made.line = day_.next_line();
  const auto parsed = parse_event(made.line, Registry::ilp());
  check(parsed.ok(), "the generator made a line that intake refuses");
  const EventDraft& draft = *parsed;
  EventStamp stamp;
  stamp.record = next_id_++;
  for (const auto& [field, value] : draft.set) {
    const auto* reference = std::get_if<RecordReference>(&value);
    if (reference == nullptr) continue;
    const auto found = records_.find(reference->ref);
    check(found != records_.end(), "the generator refers to what it has not made");
    stamp.references.push_back(found->second);
  }
  stamp.clock = clock_at(draft.at.value_or(0));
  stamp.zone_minutes = zone_minutes;
  made.lane = draft.type->lane;
  if (draft.op != Op::create) stamp.version.seen = seqs_[static_cast<std::size_t>(made.lane)];
  ++seqs_[static_cast<std::size_t>(made.lane)];
  made.bytes = make_event(draft, stamp);
  made.type = draft.type->name;
  records_[draft.ref] = stamp.record;
  ++made_;
  return made;
}

std::vector<MadeEvent> next_of_lane(PosyanduEvents& events, Lane lane, std::size_t count) {
  std::vector<MadeEvent> made;
  while (made.size() < count) {
    MadeEvent next = events.next();
    if (next.lane == lane) made.push_back(std::move(next));
  }
  return made;
}

}  // namespace titip
