#include "core/sender.hh"

#include <algorithm>

#include "core/check.hh"
#include "core/limits.hh"
#include "core/mutants.hh"

namespace titip {

namespace {

constexpr double air_ms_per_batch = 1000;     // a cut loses at most about a second of air time
constexpr double first_bytes_per_event = 40;  // before any batch was encoded

}  // namespace

Sender::Sender(StreamName stream) : stream_(stream), bytes_per_event_(first_bytes_per_event) {}

void Sender::peer_holds(Seq position, TimeMs now) {
  if (mutant(Mutant::trust_own_position)) position = std::max(position, acknowledged_);
  const bool known_before = peer_known_;
  peer_known_ = true;
  last_answer_ = now;
  while (!in_flight_.empty() && in_flight_.front().to <= position) {
    measure(in_flight_.front(), now);
    in_flight_bytes_ -= in_flight_.front().bytes;
    in_flight_.pop_front();
  }
  // Before the first answer everything sent was a guess; after it, an answer that does not move on
  // means that what is in flight was not taken, unless it answers what was sent twice: sending a
  // third time for that would bring more such answers, without end.
  const bool unmoved = known_before && position == acknowledged_;
  const bool refused = unmoved && abandoned_ == 0 && !in_flight_.empty();
  if (unmoved && abandoned_ > 0) --abandoned_;
  if (refused || (known_before && position < acknowledged_)) {
    go_back_to(position);
  } else if (position > sent_ || !known_before) {
    in_flight_.clear();
    in_flight_bytes_ = 0;
    sent_ = position;
  }
  acknowledged_ = position;
}

void Sender::go_back_to(Seq position) {
  // Each batch is answered once; this answer was one of them.
  if (!in_flight_.empty()) abandoned_ += in_flight_.size() - 1;
  in_flight_.clear();
  in_flight_bytes_ = 0;
  sent_ = position;
}

void Sender::unsent() {
  in_flight_.clear();
  in_flight_bytes_ = 0;
  sent_ = acknowledged_;
}

bool Sender::undecodable(Seq from, Seq to) {
  if (to <= from || to <= acknowledged_) return true;
  if (halved_count_ == 1 && to <= halve_until_) return false;
  const auto sent = std::ranges::find(in_flight_, to, &InFlight::to);
  const auto count = sent == in_flight_.end() ? static_cast<std::size_t>(to - from) : sent->items;
  go_back_to(acknowledged_);
  halve_until_ = std::max(halve_until_, to);
  halved_count_ = std::max<std::size_t>(1, count / 2);
  return true;
}

std::optional<BatchMessage> Sender::next(const StreamSource& source, TimeMs now) {
  if (!peer_known_) return std::nullopt;
  if (!in_flight_.empty() &&
      (in_flight_.size() >= limits::batches_in_flight_max || in_flight_bytes_ >= window_bytes())) {
    return std::nullopt;
  }
  return make(source, sent_, now);
}

std::optional<BatchMessage> Sender::first(const StreamSource& source, Seq last_known, TimeMs now) {
  check(!peer_known_, "the peer has answered: its position decides");
  acknowledged_ = last_known;
  return make(source, last_known, now);
}

std::optional<TimeMs> Sender::stalls_at() const {
  if (in_flight_.empty()) return std::nullopt;
  // A link whose rate is not known may be the slowest there is.
  const double slowest = limits::slowest_bytes_per_ms;
  const double rate = bytes_per_ms_ > 0 ? bytes_per_ms_ / 2 : slowest;
  const double patience = static_cast<double>(limits::answer_ms_min + 4 * round_trip_ms_) +
                          static_cast<double>(in_flight_bytes_) / rate;
  // Every answer renews the patience: a slow link that moves is not a dead one.
  return std::max(in_flight_.front().sent_at, last_answer_) +
         static_cast<TimeMs>(std::min(patience, static_cast<double>(limits::answer_ms_max)));
}

std::optional<BatchMessage> Sender::make(const StreamSource& source, Seq from, TimeMs now) {
  if (from >= source.last()) return std::nullopt;
  const auto before = source.hash_at(from);
  if (!before) return std::nullopt;

  auto count = static_cast<std::size_t>(static_cast<double>(batch_bytes()) / bytes_per_event_);
  count = std::clamp<std::size_t>(count, 1, limits::batch_events_max);
  if (from < halve_until_) count = std::min(count, halved_count_);

  BatchMessage batch;
  std::size_t taken = 0;
  for (;;) {
    const auto read = source.read(from, count, limits::batch_raw_bytes_max / 2);
    check(read.to > from, "a stream shorter than its head");
    taken = read.items.size();
    batch.to = read.to;
    batch.body = encode_batch(read.items, effort_for(from));
    if (batch.body.size() <= limits::batch_body_bytes_max || taken <= 1) break;
    count = taken / 2;
  }
  if (taken > 0) {
    bytes_per_event_ = 0.5 * bytes_per_event_ +
                       0.5 * static_cast<double>(batch.body.size()) / static_cast<double>(taken);
  }
  batch.stream = stream_;
  batch.from = from;
  batch.before = *before;
  const auto after = source.hash_at(batch.to);
  check(after.has_value(), "a stream without the hash of an event it holds");
  batch.after = *after;

  in_flight_.push_back({batch.to, taken, batch.body.size(), now, delivered_});
  in_flight_bytes_ += batch.body.size();
  sent_ = batch.to;
  return batch;
}

Effort Sender::effort_for(Seq from) const {
  // The coder foretells events; entries and changes are of another shape.
  const bool events = stream_.kind == StreamKind::agent_journal;
  return events && from >= halve_until_ ? Effort::smallest : Effort::fast;
}

void Sender::measure(const InFlight& batch, TimeMs now) {
  delivered_ += batch.bytes;
  const auto elapsed = std::max<TimeMs>(1, now - batch.sent_at);
  round_trip_ms_ = round_trip_ms_ == 0 ? elapsed : std::min(round_trip_ms_, elapsed);
  // What was delivered between this batch's sending and its answer, over that time: the rate of the
  // link and not of one batch, since several are in flight. Rises at once, falls slowly.
  const double rate =
      static_cast<double>(delivered_ - batch.delivered_before) / static_cast<double>(elapsed);
  bytes_per_ms_ = std::max(rate, 0.8 * bytes_per_ms_ + 0.2 * rate);
}

std::size_t Sender::batch_bytes() const {
  if (bytes_per_ms_ <= 0) return limits::batch_bytes_first;
  const auto wanted = static_cast<std::size_t>(bytes_per_ms_ * air_ms_per_batch);
  return std::clamp(wanted, limits::batch_bytes_min, limits::batch_body_bytes_max / 2);
}

std::size_t Sender::window_bytes() const {
  if (bytes_per_ms_ <= 0) return 2 * limits::batch_bytes_first;
  // One round trip's worth keeps the link busy while answers travel; a quarter more lets the rate
  // grow.
  const double full = bytes_per_ms_ * (static_cast<double>(round_trip_ms_) + air_ms_per_batch);
  return std::max<std::size_t>(static_cast<std::size_t>(1.25 * full), 2 * batch_bytes());
}

}  // namespace titip
