// Durable ingest at the edge: events a second from JSON lines to a synced commit, beside what LMDB
// itself does with the same number of bytes and commits in the same run. Only the ratio travels
// between machines. titip-bench-edge-ingest DIR [EVENTS]: DIR decides which disk is measured.

#include <lmdb.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/agent_journal.hh"
#include "core/check.hh"
#include "core/intake_lines.hh"
#include "io/clock.hh"
#include "io/keys.hh"
#include "io/store.hh"
#include "tests/support/posyandu_day.hh"

namespace titip {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double per_second(std::size_t events, Clock::time_point began) {
  const auto seconds = std::chrono::duration<double>(Clock::now() - began).count();
  return static_cast<double>(events) / seconds;
}

fs::path fresh(const fs::path& directory) {
  fs::remove_all(directory);
  fs::create_directories(directory);
  return directory;
}

// One value of an event's size an event, `group` a commit, default sync flags.
double lmdb_alone(const fs::path& directory, std::size_t events, std::size_t group) {
  constexpr std::size_t value_bytes = 200;
  MDB_env* env = nullptr;
  check(mdb_env_create(&env) == 0, "mdb_env_create");
  check(mdb_env_set_mapsize(env, std::size_t{1} << 30) == 0, "mdb_env_set_mapsize");
  check(mdb_env_open(env, fresh(directory).c_str(), MDB_NOTLS, 0600) == 0, "mdb_env_open");
  const std::string value(value_bytes, 'x');
  const auto began = Clock::now();
  for (std::size_t at = 0; at < events;) {
    MDB_txn* txn = nullptr;
    MDB_dbi table = 0;
    check(mdb_txn_begin(env, nullptr, 0, &txn) == 0, "mdb_txn_begin");
    check(mdb_dbi_open(txn, nullptr, 0, &table) == 0, "mdb_dbi_open");
    for (const auto end = std::min(events, at + group); at < end; ++at) {
      const std::string key_text(Key().u64(at));
      MDB_val key{key_text.size(), const_cast<char*>(key_text.data())};
      MDB_val data{value.size(), const_cast<char*>(value.data())};
      check(mdb_put(txn, table, &key, &data, 0) == 0, "mdb_put");
    }
    check(mdb_txn_commit(txn) == 0, "mdb_txn_commit");
  }
  const auto rate = per_second(events, began);
  mdb_env_close(env);
  return rate;
}

double titip_intake(const fs::path& directory, const std::vector<RawLine>& lines,
                    std::size_t group) {
  StoreOptions options;
  options.create = true;
  const auto store = Store::open(fresh(directory), options);
  store->write([](WriteTxn& txn) { begin_incarnation(txn, random_u64()); });
  RecordIds ids(random_u64());
  const auto began = Clock::now();
  for (std::size_t at = 0; at < lines.size(); at += group) {
    std::vector<IntakeLine> parsed;
    for (std::size_t i = at; i < std::min(lines.size(), at + group); ++i) {
      parsed.push_back(parse_line(lines[i], Registry::ilp()));
    }
    IntakeContext context{Registry::ilp(), ids, read_clock(), 540, FacilityKind::posyandu, 0, "P1"};
    const auto save = [&](WriteTxn& txn, const EventDraft& draft) {
      return save_draft(txn, draft, context);
    };
    store->write([&](WriteTxn& txn) {
      for (const auto& result : save_lines(txn, parsed, save)) {
        check(result.saved.ok(), "the workload was refused");
      }
    });
  }
  return per_second(lines.size(), began);
}

}  // namespace

}  // namespace titip

int main(int argc, char** argv) {
  using namespace titip;
  if (argc < 2) {
    std::fprintf(stderr, "usage: titip-bench-edge-ingest DIR [EVENTS]\n");
    return 2;
  }
  const fs::path directory = argv[1];
  const std::size_t events = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 4000;
  PosyanduDay day(7, "P1", {});
  std::vector<RawLine> lines;
  for (std::size_t i = 0; i < events; ++i) lines.push_back({i + 1, day.next_line(), false});

  for (const std::size_t group : {std::size_t{1}, std::size_t{64}}) {
    std::vector<double> ratios;
    for (int run = 0; run < 3; ++run) {
      const auto alone = lmdb_alone(directory / "lmdb", events, group);
      const auto titip = titip_intake(directory / "titip", lines, group);
      ratios.push_back(titip / alone);
      std::printf("%3zu a commit: Titip %8.0f events/s, LMDB alone %8.0f, ratio %.2f\n", group,
                  titip, alone, titip / alone);
    }
    std::sort(ratios.begin(), ratios.end());
    std::printf("%3zu a commit: median ratio %.2f\n", group, ratios[1]);
  }
  fs::remove_all(directory / "lmdb");
  fs::remove_all(directory / "titip");
  return 0;
}
