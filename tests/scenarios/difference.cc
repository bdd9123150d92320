#include "tests/scenarios/difference.hh"

#include <algorithm>
#include <sstream>
#include <vector>

namespace titip {

namespace {

constexpr std::size_t context_lines = 3;

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  std::istringstream in(text);
  Lines lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Length of the longest common subsequence of what follows (i, j).
std::vector<std::vector<std::size_t>> common_lengths(const Lines& a, const Lines& b) {
  std::vector<std::vector<std::size_t>> length(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
  for (auto i = a.size(); i-- > 0;) {
    for (auto j = b.size(); j-- > 0;) {
      length[i][j] =
          a[i] == b[j] ? length[i + 1][j + 1] + 1 : std::max(length[i + 1][j], length[i][j + 1]);
    }
  }
  return length;
}

}  // namespace

std::string difference(const std::string& expected, const std::string& actual) {
  const auto a = lines_of(expected);
  const auto b = lines_of(actual);
  const auto length = common_lengths(a, b);
  Lines marked;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      marked.push_back("  " + a[i]);
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && length[i + 1][j] >= length[i][j + 1])) {
      marked.push_back("- " + a[i++]);
    } else {
      marked.push_back("+ " + b[j++]);
    }
  }
  std::string text;
  std::size_t shown_to = 0;  // lines before here are shown, or passed over
  for (std::size_t at = 0; at < marked.size(); ++at) {
    if (marked[at].starts_with("  ")) continue;
    const auto from = std::max(shown_to, at - std::min(at, context_lines));
    if (from > shown_to) text += "  …\n";
    const auto to = std::min(marked.size(), at + context_lines + 1);
    for (auto line = from; line < to; ++line) text += marked[line] + '\n';
    shown_to = std::max(shown_to, to);
  }
  return text;
}

}  // namespace titip
