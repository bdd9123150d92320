#include "tests/bench/merge_workload.hh"

#include <algorithm>
#include <string>

#include "core/chain.hh"
#include "core/check.hh"

namespace titip {

namespace {

constexpr TimeMs hub_time = 1'735'000'000'000;

const RecordType& person_type() {
  const auto* type = Registry::ilp().find("Person");
  check(type != nullptr, "the schema has persons");
  return *type;
}

std::string event_of(Op op, RecordId id, std::string_view field, std::string value,
                     const Position& basis, Seq seen) {
  EventDraft draft;
  draft.type = &person_type();
  draft.op = op;
  draft.record.id = id;
  draft.by = "kader-01";
  draft.set.emplace_back(draft.type->field(field), std::move(value));
  EventStamp stamp;
  stamp.record = id;
  stamp.clock = {hub_time - 3'600'000, 7'200'000, 0xb007};
  stamp.zone_minutes = 540;
  if (op != Op::create) stamp.version = {basis, seen};
  return make_event(draft, stamp);
}

}  // namespace

MergeWorkload::MergeWorkload(std::uint64_t seed, std::size_t records) : random_(seed) {
  for (std::size_t i = 0; i < posts; ++i) {
    auto& post = posts_.emplace_back();
    post.events = std::make_unique<PosyanduEvents>(seed * 1000 + i, "PSY-" + std::to_string(i + 1),
                                                   Saving::as_it_goes);
    post.hash = chain_start(0x1000 + i, Lane::routine);
  }
  while (offset_ < records) add_batch(random_.below(posts), 0, first_);
  const auto end = offset_ + records;
  while (offset_ < end) add_batch(random_.below(posts), edits_permille, then_);
  for (const auto& batch : then_) events_then_ += batch.append.events.size();
}

std::vector<NodeState> MergeWorkload::nodes() const {
  std::vector<NodeState> nodes;
  for (std::size_t i = 0; i < posts; ++i) {
    auto& node = nodes.emplace_back();
    node.id = i + 1;
    node.public_key = "key of " + std::to_string(i + 1);
    node.facility = "PSY-" + std::to_string(i + 1);
  }
  return nodes;
}

void MergeWorkload::add_batch(std::size_t which, int permille, std::vector<MergeBatch>& to) {
  auto& post = posts_[which];
  auto& batch = to.emplace_back();
  batch.now = hub_time + static_cast<TimeMs>(offset_);
  batch.append.node = which + 1;
  batch.append.incarnation = 0x1000 + which;
  batch.append.from = post.seq;
  batch.append.before = post.hash;
  while (batch.append.events.size() < batch_events) {
    std::string bytes;
    if (!post.persons.empty() && random_.chance(permille)) {
      bytes = edit(post);
      ++edits_then_;
    } else {
      auto made = post.events->next();
      if (made.lane != Lane::routine) continue;
      bytes = std::move(made.bytes);
      if (made.type == "Person") {
        const auto event = EventReader::open(bytes);
        post.persons.push_back({event->record().id, offset_ + 1, offset_ + 1});
      }
    }
    ++offset_;
    ++post.seq;
    post.hash = chain_next(post.hash, bytes);
    batch.append.events.push_back({std::move(bytes), {}});
    batch.append.hashes.push_back(post.hash);
  }
}

// Of a person of this post, whom any post may see: sometimes by someone who has not seen the last
// edit.
std::string MergeWorkload::edit(Post& post) {
  auto& person = post.persons[random_.below(post.persons.size())];
  const bool unseen = random_.chance(unseen_permille);
  const Position basis{epoch, unseen ? person.before : person.changed};
  constexpr const char* fields[] = {"phone", "address", "name", "motherName"};
  const auto* field = fields[random_.below(std::size(fields))];
  const auto value = "08120000" + std::to_string(random_.below(1000));
  // `seen` 0: its author's own edits are seen through the hub, or not at all.
  auto bytes = event_of(Op::set, person.id, field, value, basis, 0);
  person.before = person.changed;
  person.changed = offset_ + 1;
  return bytes;
}

std::vector<Write> edits_of_one_record(EditPattern pattern, std::size_t edits) {
  constexpr std::uint64_t epoch = MergeWorkload::epoch;
  constexpr RecordId id = 0x51;
  constexpr const char* fields[] = {"phone", "address", "name", "motherName"};
  std::vector<Write> writes;
  for (std::size_t i = 0; i <= edits; ++i) {
    const auto* field = pattern == EditPattern::reviewed_field ? "facility" : fields[i % 4];
    // What this author had not seen: nothing, or the other post's last edit.
    const std::size_t late = pattern == EditPattern::two_posts && i > 1 ? 1 : 0;
    const auto bytes = event_of(i == 0 ? Op::create : Op::set, id, field,
                                "P" + std::to_string(9'404'000 + i), {epoch, i - late}, 0);
    const auto event = EventReader::open(bytes);
    check(event.has_value(), "an edit opens");
    const EventId born{0x1000 + i % 2, i + 1, {i, i}, Lane::routine};
    const OrderingFacts order{hub_time + static_cast<TimeMs>(i), Confidence::anchored, 1};
    auto write = write_of(*event, born, order, 1 + i % 2, "PSY-1");
    write.placements = {{epoch, i + 1}};
    writes.push_back(std::move(write));
  }
  return writes;
}

}  // namespace titip
