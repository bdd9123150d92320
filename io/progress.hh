#pragma once

// One line on standard error that says how far long work has come, for a person at a terminal:
// "  12.345 saved, 830/s, 2 refused". Prints nothing when standard error is not a terminal.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/refusal.hh"
#include "core/types.hh"

namespace titip {

class Progress {
 public:
  using Print = std::function<void(std::string_view)>;

  // `verb` names what is counted, in the person's language: "saved", "tersimpan".
  Progress(std::string verb, Language language, TimeMs now);
  Progress(std::string verb, Language language, TimeMs now, Print print);

  // Draws at most ten times a second. `now` is monotonic (io/clock.hh).
  void update(TimeMs now, std::uint64_t done, std::uint64_t refused);
  // Takes the line away, so that standard output may have the terminal; the next update draws anew.
  void clear();
  // Draws the last state and ends the line.
  void finish(TimeMs now, std::uint64_t done, std::uint64_t refused);

 private:
  void draw(TimeMs now, std::uint64_t done, std::uint64_t refused);

  std::string verb_;
  Language language_;
  TimeMs started_;
  TimeMs next_;
  Print print_;  // empty: nobody is watching
};

}  // namespace titip
