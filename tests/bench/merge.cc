// How fast a hub merges: events a second into a store that holds many records, in memory and over
// LMDB, the latter beside the same LMDB operations alone in the same run; and what an edit costs on
// a record that has had many. Only ratios travel between machines.
// titip-bench-merge DIR [RECORDS]: DIR decides which disk is measured.
//
// "Merge alone" is what happens to a record's state in memory: open the event, apply its write.
// "Append" is all that a hub does with a batch: the journal's chain, corrected time, the record's
// state, feeds, the review list.

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/alike.hh"
#include "core/chain.hh"
#include "core/check.hh"
#include "core/hub_journal.hh"
#include "core/record_state.hh"
#include "tests/bench/merge_operations.hh"
#include "tests/bench/merge_workload.hh"
#include "tests/support/memory_kv.hh"

namespace titip {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// Of one core, whoever else wants it.
double processor_seconds() {
  timespec used{};
  check(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0, "clock_gettime");
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

struct Took {
  double seconds = 0;
  double processor_seconds = 0;
};

class Stopwatch {
 public:
  Took took() const { return {seconds_since(began_), processor_seconds() - processor_began_}; }

 private:
  Clock::time_point began_ = Clock::now();
  double processor_began_ = processor_seconds();
};

double per_second(std::size_t events, double seconds) {
  return static_cast<double>(events) / seconds;
}

fs::path fresh(const fs::path& directory) {
  fs::remove_all(directory);
  fs::create_directories(directory);
  return directory;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// One line of epochs and no new lives, as on most days.
class PlainHistory : public History {
 public:
  bool covers(const Position& basis, const Position& placement) const override {
    return basis.epoch == placement.epoch && placement.offset <= basis.offset;
  }
  bool is_whole(std::uint64_t) const override { return true; }
  bool in_line(Incarnation descendant, Incarnation carrier, const EventId&) const override {
    return descendant == carrier;
  }
};

Took merge_alone(const MergeWorkload& work) {
  std::map<RecordKey, RecordState> states;
  const PlainHistory history;
  std::uint64_t offset = 0;
  const auto merge = [&](const MergeBatch& batch) {
    Seq seq = batch.append.from;
    for (std::size_t i = 0; i < batch.append.events.size(); ++i) {
      const auto event = EventReader::open(batch.append.events[i].bytes);
      check(event.has_value(), "the workload's events open");
      const OrderingFacts order{event->get().getAt(), Confidence::anchored, 1};
      auto write =
          write_of(*event, {batch.append.incarnation, ++seq, batch.append.hashes[i], Lane::routine},
                   order, batch.append.node, "PSY");
      write.placements = {{MergeWorkload::epoch, ++offset}};
      apply_write(states[event->record()], std::move(write), {},
                  Registry::ilp().find(event->record().type), history);
    }
  };
  for (const auto& batch : work.first()) merge(batch);
  const Stopwatch stopwatch;
  for (const auto& batch : work.then()) merge(batch);
  return stopwatch.took();
}

// Appends the first batches, then measures the others; `wrap` may watch the transaction.
template <typename Wrap>
Took append_all(Store& store, const MergeWorkload& work, const Wrap& wrap) {
  auto nodes = work.nodes();
  store.write([&](WriteTxn& txn) {
    for (const auto& node : nodes) put_node(txn, node);
    // With the index of what may be one, as a hub's shell begins it.
    build_alike(txn, Registry::ilp(), "a secret of thirty-two bytes ...", 0);
  });
  const auto run = [&](const std::vector<MergeBatch>& batches, bool measured) {
    for (std::size_t at = 0; at < batches.size(); at += MergeWorkload::batches_per_commit) {
      store.write([&](WriteTxn& whole) {
        wrap(whole, measured, [&](WriteTxn& txn) {
          const auto end = std::min(batches.size(), at + MergeWorkload::batches_per_commit);
          for (auto i = at; i < end; ++i) {
            auto& node = nodes.at(batches[i].append.node - 1);
            const HubContext context{Registry::ilp(), MergeWorkload::epoch, batches[i].now, "PKM"};
            const auto outcome = append_stream(txn, batches[i].append, node, context);
            check(outcome.extended && outcome.quarantined.empty(), "the workload was refused");
            put_node(txn, node);
          }
        });
      });
    }
  };
  run(work.first(), false);
  const Stopwatch stopwatch;
  run(work.then(), true);
  return stopwatch.took();
}

Took append_all(Store& store, const MergeWorkload& work) {
  return append_all(store, work, [](WriteTxn& txn, bool, const auto& go) { go(txn); });
}

// What appending asks of its store, commit by commit.
Operations operations_of(const MergeWorkload& work) {
  Operations operations;
  MemoryStore store;
  append_all(store, work, [&](WriteTxn& txn, bool measured, const auto& go) {
    RecordingTxn recording(txn, operations.commits.emplace_back());
    if (!measured) ++operations.commits_before;
    go(recording);
  });
  return operations;
}

Took store_took(const fs::path& directory, const MergeWorkload& work) {
  StoreOptions options;
  options.create = true;
  const auto store = Store::open(fresh(directory), options);
  return append_all(*store, work);
}

// Microseconds an edit, from stored bytes to stored bytes, on a record that has had so many: of the
// four after those, as fields take turns.
double edit_us(EditPattern pattern, std::size_t edits) {
  constexpr std::size_t last = 4;
  constexpr std::size_t rounds = 1'000;
  const auto writes = edits_of_one_record(pattern, edits + last);
  const PlainHistory history;
  const auto* type = Registry::ilp().find("Person");
  const auto merge = [&](const std::string& stored, const Write& write) {
    auto state = decode_record_state(stored);
    apply_write(state, write, {}, type, history);
    return encode_record_state(state);
  };
  std::vector<std::string> stored{encode_record_state({})};
  for (const auto& write : writes) stored.push_back(merge(stored.back(), write));
  const auto began = processor_seconds();
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = writes.size() - last; i < writes.size(); ++i) merge(stored[i], writes[i]);
  }
  return (processor_seconds() - began) * 1e6 / static_cast<double>(rounds * last);
}

void print_edits() {
  for (const auto& [pattern, name] :
       {std::pair{EditPattern::one_after_another, "one after another, several fields"},
        std::pair{EditPattern::reviewed_field, "one after another, a field under review"},
        std::pair{EditPattern::two_posts, "two posts, each seeing the other an edit late"}}) {
    std::vector<double> few, many, ratios;
    for (int run = 0; run < 5; ++run) {
      few.push_back(edit_us(pattern, 10));
      many.push_back(edit_us(pattern, 1'000));
      ratios.push_back(many.back() / few.back());
    }
    std::printf("%-46s %6.2f us an edit after 10, %6.2f after 1,000, median ratio %.2f\n", name,
                median(few), median(many), median(ratios));
  }
}

}  // namespace

}  // namespace titip

int main(int argc, char** argv) {
  using namespace titip;
  if (argc < 2) {
    std::fprintf(stderr, "usage: titip-bench-merge DIR [RECORDS]\n");
    return 2;
  }
  const fs::path directory = argv[1];
  const std::size_t records = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100'000;
  print_edits();

  const MergeWorkload work(7, records);
  std::printf("%zu events, %zu of them edits, into %zu records\n", work.events_then(),
              work.edits_then(), records);
  const auto events = work.events_then();
  for (int run = 0; run < 3; ++run) {
    const auto merge = merge_alone(work);
    MemoryStore memory;
    const auto append = append_all(memory, work);
    std::printf("in memory, events per second of one core: merge alone %8.0f, append %8.0f\n",
                per_second(events, merge.processor_seconds),
                per_second(events, append.processor_seconds));
  }
  const auto operations = operations_of(work);
  std::printf("append asks its store for %.1f operations an event\n",
              static_cast<double>(operations.measured()) / static_cast<double>(events));
  std::vector<double> ratios;
  for (int run = 0; run < 3; ++run) {
    const auto alone = per_second(events, lmdb_seconds(fresh(directory / "lmdb"), operations));
    const auto titip = per_second(events, store_took(directory / "titip", work).seconds);
    ratios.push_back(titip / alone);
    std::printf(
        "LMDB, by the wall: append %8.0f events/s, its operations alone %8.0f, ratio %.2f\n", titip,
        alone, titip / alone);
  }
  std::printf("LMDB, by the wall: median ratio %.2f\n", median(ratios));
  fs::remove_all(directory / "lmdb");
  fs::remove_all(directory / "titip");
  return 0;
}
