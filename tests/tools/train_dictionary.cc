// Makes schema/dictionary.bin: titip-train-dictionary FILE [BYTES]. Several made-up posts, so that
// the model learns what health posts have in common and nothing of one of them.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "core/batch_primed.hh"
#include "tests/support/posyandu_events.hh"

namespace titip {

namespace {

constexpr std::size_t bytes_default = 16 * 1024;
constexpr std::size_t posts = 6;

// Short stretches of many posts: early days, later days, both lanes, both ways of saving.
std::vector<BatchEvent> lessons(std::size_t per_post) {
  std::vector<BatchEvent> events;
  for (std::uint64_t post = 0; post < posts; ++post) {
    const Saving saving = post % 2 == 0 ? Saving::at_once : Saving::as_it_goes;
    DayOptions options;
    options.start_date -= static_cast<std::int32_t>(post * 61);
    PosyanduEvents made(9000 + post, "PSY-" + std::to_string(1200 + 37 * post), saving, options);
    for (std::size_t skip = 0; skip < post * 300; ++skip) made.next();
    for (std::size_t i = 0; i < per_post; ++i) events.push_back({made.next().bytes, std::nullopt});
  }
  return events;
}

}  // namespace

}  // namespace titip

int main(int argc, char** argv) {
  using namespace titip;
  if (argc < 2) {
    std::fprintf(stderr, "usage: titip-train-dictionary FILE [BYTES]\n");
    return 2;
  }
  const std::size_t bytes_max = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : bytes_default;
  std::size_t per_post = 40;
  std::string dictionary = make_dictionary(lessons(per_post));
  for (;;) {
    std::string larger = make_dictionary(lessons(per_post + 10));
    if (larger.size() > bytes_max) break;
    dictionary = std::move(larger);
    per_post += 10;
  }
  std::ofstream(argv[1], std::ios::binary) << dictionary;
  std::printf("%zu events of each of %zu posts in %zu bytes\n", per_post, posts, dictionary.size());
  return 0;
}
