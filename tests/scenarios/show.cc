#include "tests/scenarios/show.hh"

#include <algorithm>
#include <functional>

#include "core/agent_journal.hh"
#include "core/epochs.hh"
#include "core/hub_journal.hh"
#include "core/meta.hh"
#include "core/payload.hh"
#include "core/print_json.hh"
#include "core/rebuilding.hh"
#include "core/verify.hh"
#include "tests/scenarios/frame_words.hh"
#include "tests/sim/books.hh"

namespace titip {

namespace {

std::string padded(std::string word) {
  word.resize(std::max<std::size_t>(word.size(), 8), ' ');
  return word;
}

std::string counted(std::uint64_t count, const std::string& word) {
  return std::to_string(count) + ' ' + word + (count == 1 ? "" : "s");
}

std::string value_of(const FieldRules& field, const Write& write, const Names& names) {
  if ((write.cleared & field.bit()) != 0) return "nothing";
  JsonWriter out;
  print_field(out, field, read_field(field, PayloadView(write.payload).get()));
  return names.value(out.take());
}

std::string contested(const RecordState& state, const FieldRules& field, const Names& names) {
  std::string text;
  for (const auto& write : state.writes) {
    if ((write.live & field.bit()) == 0) continue;
    text += (text.empty() ? "" : " | ") + value_of(field, write, names);
  }
  return " (of " + text + ")";
}

std::string record_words(const ReadTxn& txn, const RecordKey& key, const Names& names) {
  const auto stored = txn.get(Table::records, record_key(key));
  if (!stored) return "does not hold it";
  const auto state = decode_record_state(*stored);
  std::string text;
  for (const auto& field : Registry::ilp().find(key.type)->fields) {
    const auto shown = shown_field(state, field);
    if (!shown) continue;
    text += (text.empty() ? "" : ", ") + field.name + " " + value_of(field, *shown->from, names);
    if (shown->contested) text += contested(state, field, names);
  }
  if (!shown_alive(state)) text += "; retracted";
  if (state.under_review) text += "; under review";
  return text;
}

std::string head_words(const std::function<Seq(Lane)>& seq) {
  std::string text;
  for (const auto lane : all_lanes) {
    text += (text.empty() ? "" : ", ") + lane_word(lane) + " " + std::to_string(seq(lane));
  }
  return text;
}

std::string agent_words(const ReadTxn& txn, Names& names) {
  std::string text = "as " + names.incarnation(current_incarnation(txn)) + ": saved " +
                     head_words([&](Lane lane) { return journal_head(txn, lane).seq; });
  text +=
      "; the hub has " + head_words([&](Lane lane) { return meta::acknowledged(txn, lane).seq; });
  const auto safe = [&](Lane lane) { return meta::safe(txn, lane); };
  if (safe(Lane::urgent) + safe(Lane::routine) > 0) {
    text += "; the district has " + head_words(safe);
  }
  if (const auto count = txn.count(Table::quarantine); count > 0) {
    text += "; " + std::to_string(count) + " in quarantine";
  }
  return text;
}

std::string hub_words(const ReadTxn& txn, Names& names) {
  const auto end = journal_end(txn);
  std::size_t of_nodes = 0;
  std::size_t again = 0;
  txn.scan(Table::journal, Key().u64(1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    of_nodes += entry.origin != 0 && !entry.event.empty();
    again += entry.event.empty();
    return true;
  });
  std::string text = "at " + names.position({current_line(txn).epoch_of(end.offset), end.offset}) +
                     ": " + counted(of_nodes, "event") + " of its nodes";
  if (again > 0) text += ", " + counted(again, "note") + " without an event";
  if (const auto count = txn.count(Table::quarantine); count > 0) {
    text += "; " + std::to_string(count) + " in quarantine";
  }
  if (is_rebuilding(txn)) text += "; rebuilding";
  JournalCheck journal;
  while (!journal.done) verify_hub_journal(txn, journal);
  return text + (journal.fault ? "; journal broken: " + *journal.fault : "; journal sound");
}

std::string district_words(const ReadTxn& txn, Names& names) {
  return "holds the journal up to " +
         names.position(meta::held(txn, StreamKind::hub_journal).position) + ", " +
         counted(ids_of_custody(txn).size(), "event");
}

}  // namespace

std::vector<std::string> show_record(Field& field, const RecordKey& record) {
  const auto& names = field.names();
  std::vector<std::string> lines{padded("hub") +
                                 record_words(*field.hub().store().read(), record, names)};
  for (const auto& node : field.nodes()) {
    if (!node->started()) continue;
    lines.push_back(padded(node->member().label()) + record_words(node->read(), record, names));
  }
  return lines;
}

std::vector<std::string> show_stores(Field& field) {
  auto& names = field.names();
  std::vector<std::string> lines{padded("hub") + hub_words(*field.hub().store().read(), names)};
  for (const auto& node : field.nodes()) {
    if (!node->started()) continue;
    const auto txn = node->read();
    lines.push_back(padded(node->member().label()) + (node->member().is_agent()
                                                          ? agent_words(txn, names)
                                                          : district_words(txn, names)));
  }
  const auto missing = field.missing_at_hub().size();
  lines.push_back(missing == 0 ? "everything that posts ever saved stands at the hub"
                               : "of " + std::to_string(field.saved_count()) +
                                     " events that posts ever saved the hub lacks " +
                                     std::to_string(missing));
  return lines;
}

}  // namespace titip
