// What must hold in a ReplicationWorld, and how its frames read.

#include <algorithm>

#include "core/capnp_bytes.hh"
#include "core/chain.hh"
#include "core/check.hh"
#include "core/meta.hh"
#include "core/verify.hh"
#include "schema/store.capnp.h"
#include "tests/support/replication_world.hh"

namespace titip {

namespace {

std::string lane_word(Lane lane) { return lane == Lane::urgent ? "urgent" : "routine"; }

std::string describe(const Head& head) {
  return lane_word(head.lane) + " " + std::to_string(head.seq);
}

std::string describe(const std::vector<Head>& heads) {
  std::string text;
  for (const auto& head : heads) {
    if (!text.empty()) text += ", ";
    text += describe(head);
  }
  return text;
}

std::string describe(const std::vector<Outcome>& outcomes) {
  std::string text;
  for (const auto& outcome : outcomes) {
    text += "; quarantined " + lane_word(outcome.lane) + " " + std::to_string(outcome.seq) + ": " +
            outcome.reason;
  }
  return text;
}

std::string describe(const BatchMessage& batch) {
  return lane_word(batch.stream.lane) + " (" + std::to_string(batch.from) + ", " +
         std::to_string(batch.to) + "]";
}

struct Describer {
  std::string operator()(const HelloMessage& hello) const {
    return "Hello: heads " + describe(hello.heads) +
           (hello.first ? "; first batch " + describe(*hello.first) : "");
  }
  std::string operator()(const WelcomeMessage& welcome) const {
    return "Welcome: have " + describe(welcome.have) + describe(welcome.outcomes);
  }
  std::string operator()(const BatchMessage& batch) const { return "Batch: " + describe(batch); }
  std::string operator()(const AckMessage& ack) const {
    return "Ack: " + describe(Head{ack.stream.lane, ack.position, {}}) + describe(ack.quarantined);
  }
  std::string operator()(const RefuseMessage& refuse) const {
    static constexpr std::string_view words[] = {"not enrolled", "revoked", "forked",
                                                 "incompatible", "busy",    "undecodable"};
    return "Refuse: " + std::string(words[static_cast<std::size_t>(refuse.reason)]);
  }
  std::string operator()(const EnrolMessage&) const { return "Enrol"; }
  std::string operator()(const EnrolledMessage&) const { return "Enrolled"; }
  std::string operator()(const AskMessage& ask) const {
    return "Ask records " + std::to_string(ask.records.size());
  }
};

const FieldRules* field_of(const EventDraft& draft, std::string_view name) {
  const auto* field = draft.type->field(name);
  check(field != nullptr, "a sample's field is in the schema");
  return field;
}

using Places = std::vector<std::pair<Lane, Seq>>;

Places quarantined_at_agent(const ReadTxn& txn) {
  Places places;
  txn.scan(Table::quarantine, Key().u8(0), [&](const Entry& entry) {
    places.emplace_back(static_cast<Lane>(key_u8(entry.key, 0)), key_u64(entry.key, 1));
    return true;
  });
  return places;
}

}  // namespace

EventDraft sample_draft(Lane lane, std::uint64_t number) {
  EventDraft draft;
  draft.type = Registry::ilp().find(lane == Lane::urgent ? "DangerSign" : "StockMovement");
  check(draft.type != nullptr && draft.type->lane == lane, "the schema has the sample's type");
  draft.by = "kader-01";
  draft.set.emplace_back(field_of(draft, "date"), std::int64_t{20'011});
  draft.set.emplace_back(field_of(draft, lane == Lane::urgent ? "cases" : "quantity"),
                         static_cast<std::int64_t>(1 + number % 1000));
  return draft;
}

void put_opaque(WriteTxn& txn, Lane lane, std::string_view bytes) {
  const auto head = journal_head(txn, lane);
  const Hash hash = chain_next(head.hash, bytes);
  StoredBuilder<schema::AgentEntry> out(bytes.size() + 128);
  out->setEvent(data_of(bytes));
  out->setHashLow(hash.low);
  out->setHashHigh(hash.high);
  txn.put(Table::journal, Key().u8(static_cast<std::uint8_t>(lane)).u64(head.seq + 1), out.bytes());
}

std::string describe_frame(std::string_view bytes) {
  const auto frame = decode_frame(bytes);
  return frame ? std::visit(Describer{}, *frame) : "bytes that are no frame";
}

Head ReplicationWorld::held_by_hub(Lane lane) {
  const auto txn = hub_store_.read();
  const auto agent = agent_store_.read();
  const auto nodes = all_nodes(*txn);
  for (const auto& node : nodes) {
    for (const auto& state : node.lanes) {
      if (state.incarnation == current_incarnation(*agent) && state.have.lane == lane)
        return state.have;
    }
  }
  return {lane, 0, {}};
}

void ReplicationWorld::check_honest(const std::string& frame) {
  const auto said = decode_frame(frame);
  check(said.has_value(), "the hub sends frames");
  std::vector<Head> claimed;
  if (const auto* ack = std::get_if<AckMessage>(&*said)) {
    claimed.push_back({ack->stream.lane, ack->position, ack->hash});
  } else if (const auto* welcome = std::get_if<WelcomeMessage>(&*said)) {
    claimed = welcome->have;
  }
  for (const auto& head : claimed) {
    if (head.seq > held_by_hub(head.lane).seq) {
      faults_.push_back("the hub claims " + describe(head) + " beyond its store");
    }
  }
}

void ReplicationWorld::check_acknowledged() {
  const auto txn = agent_store_.read();
  for (const auto lane : all_lanes) {
    const auto acknowledged = meta::acknowledged(*txn, lane);
    if (acknowledged.seq > held_by_hub(lane).seq) {
      faults_.push_back("acknowledged " + describe(acknowledged) + " beyond the hub's store");
    }
  }
}

bool ReplicationWorld::settled() {
  if (!agent_->enrolled() || agent_->state() != LinkSession::State::online || !pending_.empty()) {
    return false;
  }
  const auto txn = agent_store_.read();
  for (const auto lane : all_lanes) {
    if (meta::acknowledged(*txn, lane).seq != journal_head(*txn, lane).seq) return false;
  }
  return true;
}

std::vector<std::string> ReplicationWorld::differences() {
  std::vector<std::string> found;
  const auto agent = agent_store_.read();
  const auto hub = hub_store_.read();
  JournalCheck journal;
  while (!journal.done) verify_hub_journal(*hub, journal);
  if (journal.fault) found.push_back("hub: " + *journal.fault);

  std::map<Lane, Seq> next{{Lane::routine, 1}, {Lane::urgent, 1}};
  Places quarantined;
  hub->scan(Table::journal, Key().u64(1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    if (entry.origin == 0) return true;
    const auto place = describe(Head{entry.born.lane, entry.born.seq, {}});
    if (entry.born.seq != next[entry.born.lane]++) found.push_back("out of order: " + place);
    const auto made = journal_entry(*agent, entry.born.lane, entry.born.seq);
    if (!made || made->event != entry.event || made->hash != entry.born.hash) {
      found.push_back("not what the agent made: " + place);
    }
    if (entry.quarantined) quarantined.emplace_back(entry.born.lane, entry.born.seq);
    return true;
  });
  for (const auto lane : all_lanes) {
    const auto head = journal_head(*agent, lane);
    if (next[lane] != head.seq + 1) found.push_back("missing at the hub after " + describe(head));
    if (head.seq > 0 && meta::acknowledged(*agent, lane) != head) {
      found.push_back("not acknowledged: " + describe(head));
    }
  }
  std::sort(quarantined.begin(), quarantined.end());
  if (quarantined_at_agent(*agent) != quarantined) found.push_back("an author was not told");
  return found;
}

}  // namespace titip
