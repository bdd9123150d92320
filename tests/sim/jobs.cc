#include "tests/sim/jobs.hh"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>
#include <type_traits>

#include "core/check.hh"

namespace titip {

namespace {

static_assert(std::is_trivially_copyable_v<SimTotals>);  // it goes through a pipe

struct Worker {
  pid_t process = 0;
  int totals = 0;  // where it says them, when it is done
};

// Dealt out in turn: seeds that take long often stand together.
SimTotals run_share(const std::vector<std::uint64_t>& seeds, std::uint64_t first,
                    std::uint64_t step, const RunSeed& run) {
  SimTotals totals;
  for (auto i = first; i < seeds.size(); i += step) run(seeds[i], totals);
  return totals;
}

Worker start(const std::vector<std::uint64_t>& seeds, std::uint64_t first, std::uint64_t step,
             const RunSeed& run) {
  std::array<int, 2> ends{};
  check(pipe(ends.data()) == 0, "no pipe for a job");
  const auto process = fork();
  check(process >= 0, "a job cannot be started");
  if (process == 0) {
    const auto totals = run_share(seeds, first, step, run);
    std::cout.flush();
    // Less than a pipe takes at once.
    const bool told = write(ends[1], &totals, sizeof totals) == sizeof totals;
    _exit(told ? 0 : 1);
  }
  close(ends[1]);
  return {process, ends[0]};
}

}  // namespace

SimTotals run_seeds(const std::vector<std::uint64_t>& seeds, std::uint64_t jobs,
                    const RunSeed& run) {
  jobs = std::min<std::uint64_t>(jobs, seeds.size());
  if (jobs < 2) return run_share(seeds, 0, 1, run);
  std::cout.flush();  // or each would print again what is left in it
  std::vector<Worker> workers;
  for (std::uint64_t i = 0; i < jobs; ++i) workers.push_back(start(seeds, i, jobs, run));
  SimTotals sum;
  int signal = 0;
  for (const auto& worker : workers) {
    SimTotals totals;
    const bool told = read(worker.totals, &totals, sizeof totals) == sizeof totals;
    int status = 0;
    check(waitpid(worker.process, &status, 0) == worker.process, "a job is gone");
    close(worker.totals);
    if (WIFSIGNALED(status)) signal = WTERMSIG(status);
    check(told || WIFSIGNALED(status), "a job ended without its totals");
    if (told) sum.add(totals);
  }
  if (signal != 0) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  return sum;
}

}  // namespace titip
