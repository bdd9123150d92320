#pragma once

// What a hub of fifty posts is brought on open days: mostly new observations, some edits of
// persons.

#include <cstdint>
#include <memory>
#include <vector>

#include "core/hub_journal.hh"
#include "core/nodes.hh"
#include "tests/support/posyandu_events.hh"
#include "tests/support/seeded.hh"

namespace titip {

struct MergeBatch {
  StreamAppend append;
  TimeMs now = 0;
};

class MergeWorkload {
 public:
  static constexpr std::uint64_t epoch = 0xe1;
  static constexpr std::size_t posts = 50;
  static constexpr std::size_t batch_events = 64;
  static constexpr std::size_t batches_per_commit = 16;
  static constexpr int edits_permille = 200;
  static constexpr int unseen_permille = 100;  // of the edits: written from an old page

  // `first` makes `records` records; `then` has as many events.
  MergeWorkload(std::uint64_t seed, std::size_t records);

  const std::vector<MergeBatch>& first() const { return first_; }
  const std::vector<MergeBatch>& then() const { return then_; }
  std::size_t events_then() const { return events_then_; }
  std::size_t edits_then() const { return edits_then_; }
  std::vector<NodeState> nodes() const;

 private:
  struct Person {
    RecordId id = 0;
    std::uint64_t changed = 0;  // offset of its last event
    std::uint64_t before = 0;   // of the one before
  };
  struct Post {
    std::unique_ptr<PosyanduEvents> events;
    std::vector<Person> persons;
    Seq seq = 0;
    Hash hash;
  };

  void add_batch(std::size_t post, int permille, std::vector<MergeBatch>& to);
  std::string edit(Post& post);

  Seeded random_;
  std::vector<Post> posts_;
  std::uint64_t offset_ = 0;
  std::vector<MergeBatch> first_, then_;
  std::size_t events_then_ = 0;
  std::size_t edits_then_ = 0;
};

enum class EditPattern : std::uint8_t { one_after_another, reviewed_field, two_posts };
// The writes of one person's record: a `create`, then the edits.
std::vector<Write> edits_of_one_record(EditPattern pattern, std::size_t edits);

}  // namespace titip
