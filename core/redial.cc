#include "core/redial.hh"

#include <algorithm>

#include "core/limits.hh"

namespace titip {

void Redial::now_waiting(TimeMs now) {
  // After a refusal it is not the link that is to blame: the back-off stands.
  if (refused_) return;
  eager_until_ = now + limits::redial_eager_ms;
  at_ = std::min(at_, std::max(now, last_dial_ + limits::redial_ms));
}

void Redial::succeeded() {
  failures_ = 0;
  eager_until_ = 0;
  refused_ = false;
}

void Redial::unanswered(TimeMs now, bool waiting) {
  refused_ = false;
  if (waiting && eager_until_ == 0) eager_until_ = now + limits::redial_eager_ms;
  if (waiting && now < eager_until_) {
    at_ = std::max(now, last_dial_ + limits::redial_ms);
    return;
  }
  back_off(now);
}

void Redial::lost(TimeMs now, bool waiting) {
  refused_ = false;
  if (waiting) eager_until_ = now + limits::redial_eager_ms;
  // A hub that restarts loses all its nodes at once; they must not all return in one instant.
  at_ = now + jitter(limits::redial_ms);
}

void Redial::refused(TimeMs now) {
  refused_ = true;
  eager_until_ = 0;
  back_off(now);
}

void Redial::not_before(TimeMs at, TimeMs spread) {
  refused_ = true;
  eager_until_ = 0;
  ++failures_;
  at_ = at + jitter(spread);
}

void Redial::back_off(TimeMs now) {
  constexpr unsigned doublings_max = 12;
  const TimeMs bound = std::min<TimeMs>(
      limits::backoff_ms_max, limits::backoff_ms_min << std::min(failures_, doublings_max));
  ++failures_;
  at_ = now + limits::backoff_ms_min / 2 + jitter(bound);
}

TimeMs Redial::jitter(TimeMs bound) {
  // splitmix64: enough to keep nodes apart, and the same from the same seed.
  std::uint64_t z = (random_ += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return static_cast<TimeMs>(z % static_cast<std::uint64_t>(bound + 1));
}

}  // namespace titip
