#include "tests/scenarios/frame_words.hh"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/batch_codec.hh"
#include "core/changes.hh"
#include "core/event.hh"
#include "core/hub_journal.hh"
#include "core/link_messages.hh"

namespace titip {

namespace {

constexpr std::array<std::string_view, 8> kinds{"Hello",  "Welcome", "Batch",    "Ack",
                                                "Refuse", "Enrol",   "Enrolled", "Ask"};
constexpr std::array<std::string_view, 6> reasons{"not enrolled", "revoked", "forked",
                                                  "incompatible", "busy",    "undecodable"};

std::string number(std::uint64_t value) { return std::to_string(value); }

// "a, b" with what repeats counted.
std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t at = 0; at < words.size();) {
    auto end = at;
    while (end < words.size() && words[end] == words[at]) ++end;
    text += (text.empty() ? "" : ", ") + words[at];
    if (end - at > 1) text += " ×" + number(end - at);
    at = end;
  }
  return text;
}

std::string of_heads(const std::vector<Head>& heads) {
  std::vector<std::string> words;
  for (const auto& head : heads) words.push_back(lane_word(head.lane) + " " + number(head.seq));
  return listed(words);
}

std::string of_outcomes(const std::vector<Outcome>& outcomes) {
  std::string text;
  for (const auto& outcome : outcomes) {
    text += "; " + lane_word(outcome.lane) + " " + number(outcome.seq);
    text += outcome.reason.empty() ? " applied after all" : " quarantined: " + outcome.reason;
  }
  return text;
}

std::string of_stream(const StreamName& stream) {
  if (stream.kind == StreamKind::hub_journal) return "journal";
  return stream.kind == StreamKind::hub_changes ? "changes" : lane_word(stream.lane);
}

std::string of_event(const std::string& bytes, const Names& names) {
  static constexpr std::array<std::string_view, 6> ops{"new",  "set",    "retract",
                                                       "link", "unlink", "resolve"};
  const auto event = EventReader::open(bytes);
  if (!event) return "bytes that are no event";
  return std::string(ops[static_cast<std::size_t>(event->op())]) + " " +
         names.record(event->record());
}

std::string of_entry(const std::string& bytes, const Names& names) {
  const auto entry = decode_entry_item(bytes);
  if (!entry) return "bytes that are no entry";
  if (entry->event.empty()) return entry->says_again() ? "a note of what came again" : "a note";
  return of_event(entry->event, names) + (entry->quarantined ? " in quarantine" : "");
}

std::string of_change(const std::string& bytes, const Names& names) {
  const auto change = decode_change(bytes);
  if (!change) return "bytes that are no change";
  return (change->forget ? "forget " : "") + names.record(change->record) +
         (change->state.under_review ? " under review" : "");
}

std::string of_body(const BatchMessage& batch, const Names& names) {
  const auto items = decode_batch(batch.body);
  if (!items) return "a body that does not decode";
  std::vector<std::string> words;
  for (const auto& item : *items) {
    switch (batch.stream.kind) {
      case StreamKind::agent_journal:
        words.push_back(of_event(item.bytes, names) + (item.born ? " born elsewhere" : ""));
        break;
      case StreamKind::hub_journal: words.push_back(of_entry(item.bytes, names)); break;
      case StreamKind::hub_changes: words.push_back(of_change(item.bytes, names)); break;
    }
  }
  return words.empty() ? "nothing else" : listed(words);
}

class FrameWords {
 public:
  explicit FrameWords(Names& names) : names_(names) {}

  std::string operator()(const HelloMessage& hello) const {
    std::string text = "as " + names_.incarnation(hello.incarnation);
    if (hello.parent_incarnation != 0) {
      text += ", which goes on from " + names_.incarnation(hello.parent_incarnation) + " after " +
              of_heads(hello.branches);
    }
    if (!hello.heads.empty()) text += "; heads " + of_heads(hello.heads);
    if (hello.hub_highest.epoch != 0) text += "; knows " + names_.position(hello.hub_highest);
    for (const auto& held : hello.holds) {
      if (held.position.epoch == 0) continue;
      text += "; holds " + of_stream(held.stream) + " " + names_.position(held.position);
    }
    if (hello.proof) {
      if (!hello.proof->certificate.empty()) text += "; shows its certificate";
      if (!hello.proof->epochs.empty()) text += "; shows the line " + line(hello.proof->epochs);
    }
    if (hello.first) text += "; first batch " + batch(*hello.first);
    return text;
  }
  std::string operator()(const WelcomeMessage& welcome) const {
    std::string text = "at " + names_.position(welcome.position);
    if (welcome.epochs.size() > 1) text += " (line " + line(welcome.epochs) + ")";
    if (!welcome.have.empty()) text += "; have " + of_heads(welcome.have);
    const auto is_none = [](const Head& head) { return head.seq == 0; };
    if (!std::ranges::all_of(welcome.safe, is_none)) text += "; safe " + of_heads(welcome.safe);
    for (const auto& held : welcome.sends) {
      text += "; sends " + of_stream(held.stream) + " after " + number(held.position.offset);
    }
    if (welcome.rebuilding) text += "; rebuilding";
    if (welcome.takes_back) text += "; takes back";
    return text + of_outcomes(welcome.outcomes);
  }
  std::string operator()(const BatchMessage& message) const { return batch(message); }
  std::string operator()(const AckMessage& ack) const {
    std::string text = of_stream(ack.stream) + " " + number(ack.position);
    if (ack.marks_only) text = lane_word(ack.stream.lane) + " safe mark alone";
    if (ack.safe > 0) text += "; safe " + number(ack.safe);
    return text + of_outcomes(ack.quarantined);
  }
  std::string operator()(const RefuseMessage& refuse) const {
    return std::string(reasons[static_cast<std::size_t>(refuse.reason)]);
  }
  std::string operator()(const EnrolMessage& enrol) const {
    return "as " + names_.incarnation(enrol.incarnation);
  }
  std::string operator()(const EnrolledMessage&) const { return {}; }
  std::string operator()(const AskMessage& ask) const {
    std::vector<std::string> words;
    for (const auto& record : ask.records) words.push_back(names_.record(record));
    return listed(words);
  }

 private:
  std::string line(const std::vector<EpochEntry>& epochs) const {
    std::string text;
    for (const auto& entry : epochs) {
      text += (text.empty() ? "" : ", ") + names_.epoch(entry.epoch) + " from " +
              number(entry.first_offset);
    }
    return text;
  }
  std::string batch(const BatchMessage& batch) const {
    return of_stream(batch.stream) + " (" + number(batch.from) + ", " + number(batch.to) +
           "]: " + of_body(batch, names_);
  }

  Names& names_;
};

}  // namespace

std::string frame_kind(std::string_view bytes) {
  const auto frame = decode_frame(bytes);
  return frame ? std::string(kinds[frame->index()]) : "bytes that are no frame";
}

std::string frame_words(std::string_view bytes, Names& names) {
  const auto frame = decode_frame(bytes);
  if (!frame) return frame_kind(bytes);
  const auto words = std::visit(FrameWords(names), *frame);
  return frame_kind(bytes) + (words.empty() ? "" : ": ") + words;
}

}  // namespace titip
