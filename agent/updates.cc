#include "agent/updates.hh"

#include <charconv>

#include "core/intake_json.hh"
#include "core/print_json.hh"
#include "core/queries.hh"
#include "io/keys.hh"

namespace titip {

namespace {

constexpr std::string_view heartbeat = ":\n\n";

// The message of one record, without its id. Empty: of a type that no path could show.
std::string message_of(const ReadTxn& txn, const RecordKey& record) {
  const RecordReader reader{Registry::ilp(), {}, true};
  const auto* type = reader.registry.find(record.type);
  if (type == nullptr) return {};
  if (const auto line = record_json(txn, reader, *type, record.id)) {
    return "event: record\ndata: " + *line + "\n";
  }
  JsonWriter gone;
  gone.begin_object();
  gone.key("type").text(type->name);
  gone.key("id").text(format_hex_id(record.id));
  gone.end_object();
  return "event: forget\ndata: " + gone.take() + "\n";
}

}  // namespace

AgentUpdates::AgentUpdates(boost::asio::io_context& loop, Store& store, std::size_t kept)
    : store_(store),
      boot_(format_hex_id(random_u64())),
      changes_(kept),
      followers_(loop, std::string(heartbeat)) {}

void AgentUpdates::changed(const std::vector<RecordKey>& records) {
  for (const auto& record : records) changes_.changed(record);
  followers_.wake();
}

HttpResponse AgentUpdates::stream(const HttpRequest& request) {
  // A browser repeats the address and says in the header how far it has come since.
  const auto asked = request.last_event_id.empty() ? request.query_value("after")
                                                   : std::string_view(request.last_event_id);
  HttpResponse response;
  response.content_type = "text/event-stream";
  auto position = changes_.last();
  if (asked.empty()) {
    // An id and no event: whoever is cut off before the first change can still resume.
    response.body = id_line(position) + "\n";
  } else if (const auto number = number_in(asked)) {
    position = *number;
    response.body = heartbeat;
  } else {
    response.body = reset();
  }
  response.pull =
      followers_.follow(position, [this](std::uint64_t number) { return read(number); });
  return response;
}

// One snapshot and one part; a record that changes while a reader is slow is told once, as it is
// then.
FollowedPart AgentUpdates::read(std::uint64_t position) const {
  FollowedPart part{{}, position};
  if (!changes_.knows_after(position)) return {reset(), changes_.last()};
  auto change = changes_.after(position);
  if (!change) return part;
  const auto txn = store_.read();
  for (std::size_t lines = 0; change && lines < limits::http_part_lines_max; ++lines) {
    part.text += message_of(*txn, change->second) + id_line(change->first) + "\n";
    part.next = change->first;
    if (part.text.size() >= limits::http_part_bytes) break;
    change = changes_.after(part.next);
  }
  return part;
}

std::string AgentUpdates::id_line(std::uint64_t number) const {
  return "id: " + boot_ + "-" + std::to_string(number) + "\n";
}

std::string AgentUpdates::reset() const {
  return "event: reset\ndata: {}\n" + id_line(changes_.last()) + "\n";
}

// nullopt: of another run, or of changes that are no longer known.
std::optional<std::uint64_t> AgentUpdates::number_in(std::string_view id) const {
  if (!id.starts_with(boot_ + "-")) return std::nullopt;
  const auto digits = id.substr(boot_.size() + 1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return changes_.knows_after(number) ? std::optional(number) : std::nullopt;
}

}  // namespace titip
