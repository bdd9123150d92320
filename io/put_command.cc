#include "io/put_command.hh"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <span>

#include "core/limits.hh"
#include "io/clock.hh"
#include "io/command_context.hh"
#include "io/os_error.hh"
#include "io/progress.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

// A descriptor that is closed unless it is standard input.
class Input {
 public:
  explicit Input(const std::string& file) : name_(file), descriptor_(STDIN_FILENO) {
    if (file.empty() || file == "-") return;
    descriptor_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0 && errno == ENOENT) throw RefusalError({Code::no_file, {}, {file}});
    if (descriptor_ < 0) throw OsError("open", file, errno);
  }
  ~Input() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  std::size_t read(std::span<char> into) {
    for (;;) {
      const auto count = ::read(descriptor_, into.data(), into.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) throw OsError("read", name_, errno);
    }
  }

 private:
  std::string name_;
  int descriptor_;
};

struct Counts {
  std::uint64_t saved = 0;
  std::uint64_t refused = 0;
};

void save_group(const std::vector<RawLine>& lines, const SaveGroup& save, Counts& counts) {
  std::string results;
  for (const auto& result : save(lines)) {
    // A refusal is the result that has a code; the text of results is ours (result_json).
    const bool refused = result.find(",\"code\":\"") != std::string::npos;
    ++(refused ? counts.refused : counts.saved);
    results += result + "\n";
  }
  print_text(results);
}

}  // namespace

int put_lines(const std::string& file, Language language, const SaveGroup& save) {
  Input input(file);
  Progress progress(language == Language::indonesian ? "tersimpan" : "saved", language,
                    steady_now());
  Counts counts;
  LineSplitter splitter;
  std::vector<RawLine> lines;
  std::vector<char> buffer(64 * limits::kib);
  for (bool more = true; more;) {
    const auto count = input.read(buffer);
    more = count > 0;
    if (more) {
      splitter.feed({buffer.data(), count}, lines);
    } else {
      splitter.finish(lines);
    }
    // What has been read so far is saved before more is read, so that someone who types line by
    // line has each answer at once.
    for (std::size_t at = 0; at < lines.size(); at += limits::intake_group_events_max) {
      const auto end = std::min(lines.size(), at + limits::intake_group_events_max);
      save_group({lines.begin() + static_cast<std::ptrdiff_t>(at),
                  lines.begin() + static_cast<std::ptrdiff_t>(end)},
                 save, counts);
      progress.update(steady_now(), counts.saved, counts.refused);
    }
    lines.clear();
  }
  progress.finish(steady_now(), counts.saved, counts.refused);
  return counts.refused > 0 ? 1 : 0;
}

}  // namespace titip
