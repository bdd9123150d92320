#include "core/check.hh"

#include <cstdio>
#include <cstdlib>

namespace titip {

void check_failed(const char* what, const char* file, int line) {
  // Standard error is the last thing that can be trusted here; the logger may be what is broken.
  std::fprintf(stderr, "titip: bug: %s (%s:%d)\n", what, file, line);
  std::abort();
}

}  // namespace titip
