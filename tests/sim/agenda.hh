#pragma once

// Virtual time: what is to happen, in order of when, and of being asked for.

#include <functional>
#include <map>
#include <utility>

#include "core/types.hh"

namespace titip {

class Agenda {
 public:
  TimeMs now() const { return now_; }

  void after(TimeMs ms, std::function<void()> what) {
    agenda_[{now_ + (ms < 0 ? 0 : ms), ++order_}] = std::move(what);
  }

  void run(TimeMs ms) {
    const TimeMs until = now_ + ms;
    while (!agenda_.empty() && agenda_.begin()->first.first <= until) {
      now_ = agenda_.begin()->first.first;
      const auto what = std::move(agenda_.begin()->second);
      agenda_.erase(agenda_.begin());
      what();
    }
    now_ = until;
  }

 private:
  TimeMs now_ = 0;
  std::uint64_t order_ = 0;
  std::map<std::pair<TimeMs, std::uint64_t>, std::function<void()>> agenda_;
};

}  // namespace titip
