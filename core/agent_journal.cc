#include "core/agent_journal.hh"

#include <algorithm>

#include "core/capnp_bytes.hh"
#include "core/chain.hh"
#include "core/check.hh"
#include "core/epochs.hh"
#include "core/lineage.hh"
#include "core/lost_history.hh"
#include "core/meta.hh"
#include "core/mutants.hh"
#include "core/record_group.hh"
#include "core/under_review.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

Key entry_key(Lane lane, Seq seq) { return Key().u8(static_cast<std::uint8_t>(lane)).u64(seq); }

AgentEntry read_entry(std::string_view value) {
  const StoredReader<schema::AgentEntry> in(value);
  AgentEntry entry{std::string(view_of(in->getEvent())), {in->getHashLow(), in->getHashHigh()}, {}};
  if (in->hasBorn()) {
    const auto born = in->getBorn();
    entry.born = EventId{born.getIncarnation(),
                         born.getSeq(),
                         {born.getHashLow(), born.getHashHigh()},
                         static_cast<Lane>(born.getLane())};
  }
  return entry;
}

// The lane that a draft goes into.
class OwnLane : public OwnJournal {
 public:
  OwnLane(WriteTxn& txn, Lane lane, const IntakeContext& context)
      : txn_(txn), context_(context), before_(journal_head(txn, lane)) {}

  Version author_saw(const std::optional<Version>& said, const RecordKey& record,
                     const RecordState& state) const override {
    if (mutant(Mutant::feed_cursor_as_basis)) {
      return {meta::get_position(txn_, meta::hub_highest).value_or(Position{}), before_.seq};
    }
    if (said) return *said;
    return {seen_as_of(txn_, record, state, AgentHistory(txn_)), before_.seq};
  }

  Result<Seq> append(const std::string& bytes, const EventDraft& draft,
                     RecordState state) override {
    const Head head{before_.lane, before_.seq + 1, chain_next(before_.hash, bytes)};
    put_journal_entry(txn_, head.lane, head.seq, {bytes, head.hash, {}});
    const auto event = EventReader::open(bytes);
    check(event.has_value(), "intake made an event that cannot be read");
    const EventId id{current_incarnation(txn_), head.seq, head.hash, head.lane};
    const OrderingFacts order{event->get().getAt(), Confidence::wall,
                              static_cast<std::uint8_t>(context_.kind)};
    const auto before = state;
    const bool minted = draft.op == Op::create && draft.record.id == 0;
    if (state.writes.empty() && !minted) add_words_of_others(event->record(), *draft.type, state);
    auto write = write_of(*event, id, order, context_.node, context_.facility);
    const auto record = event->record();
    if (write.other != 0) add_to_other(write, record, *draft.type);
    apply_write(state, std::move(write), draft.settles, draft.type, AgentHistory(txn_));
    txn_.put(Table::records, record_key(record), encode_record_state(state));
    note_under_review(txn_, record, draft.type, before, state);
    return head.seq;
  }

 private:
  // Whether two are one is said of both.
  void add_to_other(Write write, const RecordKey& record, const RecordType& type) {
    const RecordKey other{record.type, write.other};
    const auto before = stored_states(txn_)(other).value_or(RecordState{});
    auto state = before;
    if (state.writes.empty()) add_words_of_others(other, type, state);
    apply_write(state, mirrored(std::move(write), record.id), {}, &type, AgentHistory(txn_));
    txn_.put(Table::records, record_key(other), encode_record_state(state));
    note_under_review(txn_, other, &type, before, state);
  }

  // What is held here of a pair whose other was not held until now stands in both from now on.
  void add_words_of_others(const RecordKey& record, const RecordType& type, RecordState& state) {
    std::vector<Write> words;
    txn_.scan(Table::records, record_key({record.type, 0}), [&](const Entry& entry) {
      const auto other = record_of_key(entry.key, 0);
      if (other.type != record.type) return false;
      for (const auto& write : decode_record_state(entry.value).writes) {
        if (write.of_pair() && write.other == record.id) words.push_back(mirrored(write, other.id));
      }
      return true;
    });
    for (auto& word : words) apply_write(state, std::move(word), {}, &type, AgentHistory(txn_));
  }

  WriteTxn& txn_;
  const IntakeContext& context_;
  Head before_;
};

}  // namespace

Result<Saved> save_draft(WriteTxn& txn, const EventDraft& draft, const IntakeContext& context) {
  const bool any_lane = mutant(Mutant::lane_per_event) && draft.op != Op::create;
  OwnLane lane(txn, any_lane ? Lane::urgent : draft.type->lane, context);
  return save_draft_in(lane, txn, draft, context);
}

void begin_incarnation(WriteTxn& txn, Incarnation incarnation) {
  check(!meta::get_u64(txn, meta::incarnation), "this journal has a name already");
  meta::put_u64(txn, meta::incarnation, incarnation);
}

Incarnation current_incarnation(const ReadTxn& txn) {
  const auto incarnation = meta::get_u64(txn, meta::incarnation);
  check(incarnation.has_value(), "an agent's store without an incarnation");
  return *incarnation;
}

Seq journal_last(const ReadTxn& txn, Lane lane) {
  Seq last = 0;
  txn.scan_back(Table::journal, entry_key(lane, ~std::uint64_t{0}), [&](const Entry& entry) {
    if (key_u8(entry.key, 0) == static_cast<std::uint8_t>(lane)) last = key_u64(entry.key, 1);
    return false;
  });
  return last;
}

Head journal_head(const ReadTxn& txn, Lane lane) {
  Head head{lane, 0, {}};
  txn.scan_back(Table::journal, entry_key(lane, ~std::uint64_t{0}), [&](const Entry& entry) {
    if (key_u8(entry.key, 0) != static_cast<std::uint8_t>(lane)) return false;
    const StoredReader<schema::AgentEntry> in(entry.value);
    head = {lane, key_u64(entry.key, 1), {in->getHashLow(), in->getHashHigh()}};
    return false;
  });
  // Where a life begins its chain begins, whatever stands there under a former one.
  const auto life = lives(txn).front();
  if (head.seq == life.base_of(lane)) head.hash = chain_start(life.incarnation, lane);
  return head;
}

bool journal_agrees(const ReadTxn& txn, const Head& head) {
  if (head.seq > journal_last(txn, head.lane)) return false;
  const auto hash = LaneSource(txn, head.lane).hash_at(head.seq);
  return !hash || *hash == head.hash;
}

std::optional<AgentEntry> journal_entry(const ReadTxn& txn, Lane lane, Seq seq) {
  const auto value = txn.get(Table::journal, entry_key(lane, seq));
  if (!value) return std::nullopt;
  return read_entry(*value);
}

void put_journal_entry(WriteTxn& txn, Lane lane, Seq seq, const AgentEntry& entry) {
  StoredBuilder<schema::AgentEntry> out(entry.event.size() + 192);
  out->setEvent(data_of(entry.event));
  out->setHashLow(entry.hash.low);
  out->setHashHigh(entry.hash.high);
  if (entry.born) {
    auto born = out->initBorn();
    born.setIncarnation(entry.born->incarnation);
    born.setSeq(entry.born->seq);
    born.setHashLow(entry.born->hash.low);
    born.setHashHigh(entry.born->hash.high);
    born.setLane(static_cast<schema::Lane>(entry.born->lane));
  }
  txn.put(Table::journal, entry_key(lane, seq), out.bytes());
}

std::optional<Hash> LaneSource::hash_at(Seq seq) const {
  const auto life = lives(txn_).front();
  if (seq == life.base_of(lane_)) {
    // Where the life begins nothing goes on any more once what followed was let go of.
    const bool gone = journal_floor(txn_, lane_) > seq + 1;
    return gone ? std::nullopt : std::optional(chain_start(life.incarnation, lane_));
  }
  const auto entry = journal_entry(txn_, lane_, seq);
  if (!entry) return std::nullopt;
  return entry->hash;
}

StreamItems LaneSource::read(Seq from, std::size_t count, std::size_t raw_bytes) const {
  std::vector<BatchEvent> events;
  std::size_t total = 0;
  txn_.scan(Table::journal, entry_key(lane_, from + 1), [&](const Entry& entry) {
    if (key_u8(entry.key, 0) != static_cast<std::uint8_t>(lane_)) return false;
    auto read = read_entry(entry.value);
    total += read.event.size();
    if (!events.empty() && total > raw_bytes) return false;
    events.push_back({std::move(read.event), read.born});
    return events.size() < count;
  });
  const Seq to = from + events.size();
  return {std::move(events), to};
}

std::uint64_t backlog_events(const ReadTxn& txn) {
  std::uint64_t events = 0;
  for (const auto lane : all_lanes) {
    events += journal_last(txn, lane) - meta::acknowledged(txn, lane).seq;
  }
  return events;
}

std::optional<TimeMs> oldest_beyond(const ReadTxn& txn, const std::function<Seq(Lane)>& mark) {
  std::optional<TimeMs> oldest;
  for (const auto lane : all_lanes) {
    const auto entry = journal_entry(txn, lane, mark(lane) + 1);
    if (!entry) continue;
    const auto event = EventReader::open(entry->event);
    if (event) oldest = std::min(oldest.value_or(event->get().getSaved()), event->get().getSaved());
  }
  return oldest;
}

std::uint64_t oldest_unsent_seconds(const ReadTxn& txn, TimeMs wall) {
  constexpr TimeMs ms_per_second = 1000;
  const auto oldest =
      oldest_beyond(txn, [&](Lane lane) { return meta::acknowledged(txn, lane).seq; });
  if (!oldest) return 0;
  return static_cast<std::uint64_t>(std::max<TimeMs>(0, wall - *oldest) / ms_per_second);
}

void record_hub_answer(WriteTxn& txn, const HubAnswer& answer) {
  const bool stands_now = answer.stands_now && !mutant(Mutant::marks_only_rise);
  for (const auto& head : answer.acknowledged) {
    if (stands_now || head.seq > meta::acknowledged(txn, head.lane).seq) {
      meta::put_acknowledged(txn, head);
    }
  }
  for (const auto& outcome : answer.quarantined) {
    // Of what was never made here there is no outcome.
    if (outcome.seq == 0 || outcome.seq > journal_last(txn, outcome.lane)) continue;
    if (outcome.reason.empty()) {  // applied after all
      txn.erase(Table::quarantine, entry_key(outcome.lane, outcome.seq));
      continue;
    }
    StoredBuilder<schema::Quarantined> out(256);
    out->setReason(text_of(outcome.reason));
    out->setSince(answer.at);
    out->setLane(static_cast<schema::Lane>(outcome.lane));
    out->setSeq(outcome.seq);
    txn.put(Table::quarantine, entry_key(outcome.lane, outcome.seq), out.bytes());
  }
  put_line(txn, answer.epochs);
  if (answer.position && is_history_lost(txn, LineHistory(txn), *answer.position)) {
    meta::put_u64(txn, meta::history_lost, 1);
  }
  if (answer.position) meta::put_position(txn, meta::hub_highest, *answer.position);
  if (answer.welcomed != 0) {
    meta::put_session_nonces(txn, {meta::session_nonces(txn).last, answer.welcomed});
    life_was_welcomed(txn);
  }
  for (const auto& mark : answer.safe) {
    if (stands_now || mark.seq > meta::safe(txn, mark.lane)) {
      meta::put_safe(txn, mark.lane, mark.seq);
    }
  }
  for (const auto& mark : answer.backed_up) meta::put_backed_up(txn, mark.lane, mark.seq);
  meta::put_u64(txn, meta::last_sync, static_cast<std::uint64_t>(answer.at));
}

}  // namespace titip
