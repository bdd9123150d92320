#include "hub/review.hh"

#include <algorithm>
#include <cstdio>
#include <limits>

#include "core/intake_json.hh"
#include "core/json_tree.hh"
#include "core/print_conflict.hh"
#include "core/print_json.hh"
#include "hub/decision_json.hh"
#include "hub/review_text.hh"
#include "io/data_dir.hh"
#include "io/http_common.hh"
#include "io/intake.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

constexpr std::string_view list_path = "/v1/conflicts";
constexpr std::uint64_t list_default = 1000;
constexpr std::uint64_t list_max = 10'000;  // a snapshot is held and a body built meanwhile

struct Wanted {
  Listing listing = Listing::open;
  TypeNumber type = 0;
  bool json = false;
  Language language = Language::english;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

std::string pair_in_list(HubNode& node, const ReadTxn& txn, const AlikePair& pair,
                         const Wanted& wanted) {
  if (!wanted.json) {
    return alike_text(txn, pair, node.profile().zone_minutes, wanted.language);
  }
  const auto* type = Registry::ilp().find(pair.record.type);
  if (type == nullptr) return {};
  const auto as_of = united(txn, pair.record, *type).state.as_of;
  return alike_line(pair, as_of, *type) + "\n";
}

// Oldest first, one line or one block a record; then what may be one.
std::string list_text(HubNode& node, const Wanted& wanted) {
  const auto txn = node.store().read();
  auto list = review_list(*txn, wanted.listing, wanted.type);
  const auto open = static_cast<std::uint64_t>(std::count_if(
      list.begin(), list.end(), [](const auto& listed) { return listed.what.under_review; }));
  if (list.size() > wanted.limit) list.resize(wanted.limit);
  std::string text;
  for (const auto& listed : list) {
    if (!wanted.json) {
      text += conflict_text(*txn, listed, node.profile().zone_minutes, wanted.language);
      continue;
    }
    const auto* type = Registry::ilp().find(listed.record.type);
    if (type == nullptr) continue;
    const auto line = conflict_line(listed, united(*txn, listed.record, *type), *type);
    if (!line.empty()) text += line + "\n";  // else it is asked about with another
  }
  auto alike = alike_pairs(*txn, wanted.type);
  const auto pairs = alike.size();
  if (alike.size() > wanted.limit - list.size()) alike.resize(wanted.limit - list.size());
  for (const auto& pair : alike) text += pair_in_list(node, *txn, pair, wanted);
  if (!wanted.json) text += conflicts_total(open, pairs, list.size(), wanted.language);
  return text;
}

// 0: every type.
Result<TypeNumber> type_wanted(std::string_view name) {
  if (name.empty()) return TypeNumber{0};
  const auto* type = Registry::ilp().find(name);
  if (type == nullptr) return Refusal{Code::unknown_type, "type", {}};
  return type->number;
}

// The type of the record with that id: of those in the review list, else of those held.
Result<const RecordType*> type_of(const ReadTxn& txn, RecordId id, std::string_view named) {
  if (!named.empty()) {
    const auto* type = Registry::ilp().find(named);
    if (type == nullptr) return Refusal{Code::unknown_type, "type", {}};
    return type;
  }
  for (const Table table : {Table::conflicts, Table::records}) {
    const RecordType* found = nullptr;
    for (const auto& type : Registry::ilp().types()) {
      if (!txn.get(table, Key().u16(type.number).u64(id))) continue;
      if (found != nullptr) return Refusal{Code::missing_key, "--type", {}};
      found = &type;
    }
    if (found != nullptr) return found;
  }
  return Refusal{Code::not_found, {}, {}};
}

// The daemon's own sentence: it knows the details.
int fail_as_told(const HttpResponse& response, const Refusal& refusal,
                 const CommandContext& command) {
  const auto tree = JsonTree::read(response.body);
  std::string message;
  if (tree) {
    tree->each(tree->root(), [&](const JsonNode& node) {
      if (node.key == "message") message = node.text;
      return true;
    });
  }
  if (message.empty()) return fail(refusal, command.language, command.json);
  auto text = command.json ? response.body : message;
  while (text.ends_with('\n')) text.pop_back();
  std::fprintf(stderr, "%s\n", text.c_str());
  return exit_code(refusal.code);
}

Result<Settled> settle_now(HubNode& node, const RecordKey& record, const Decision& decision) {
  if (const auto code = no_room(node.store())) return Refusal{*code, {}, {}};
  RecordIds ids(random_u64());
  std::optional<Result<Settled>> settled;
  node.store().write([&](WriteTxn& txn) {
    settled = settle_conflict(txn, record, decision, node.intake_context(ids), node.epoch());
  });
  return *std::move(settled);
}

}  // namespace

int hub_conflicts(const CommandContext& command, const ConflictsRequest& request) {
  auto node = HubNode::open(command.data, Access::read, command.config);
  const auto type = type_wanted(request.type);
  if (!type) return fail(type.refusal(), command.language, command.json);
  const auto text = list_text(
      node, {request.all ? Listing::all : Listing::open, *type, command.json, command.language});
  print_text(text);
  return 0;
}

int hub_resolve(const CommandContext& command, const ResolveRequest& request) {
  const auto refuse = [&](const Refusal& refusal) {
    return fail(refusal, command.language, command.json);
  };
  if (request.take.empty() && request.set.empty() && request.same.empty() &&
      request.apart.empty()) {
    return refuse(
        {Code::bad_option, "--take", {"--take 2, --set FIELD=VALUE, --same ID, --apart ID"}});
  }
  const auto id = parse_hex_id(request.id);
  if (!id) return refuse({Code::bad_id, "id", {}});
  const auto type = type_of(
      *HubNode::open(command.data, Access::read, command.config).store().read(), *id, request.type);
  if (!type) return refuse(type.refusal());
  const auto json = decision_json(request, **type);
  if (!json) return refuse(json.refusal());
  if (const auto daemon = LocalClient::connect(socket_file(command.data))) {
    const auto response =
        daemon->exchange("POST",
                         std::string(list_path) + "/" + (*type)->name + "/" + request.id +
                             "?lang=" + std::string(language_word(command.language)) +
                             (command.json ? "" : "&form=text"),
                         "application/json", *json);
    if (const auto refusal = refusal_in(response)) return fail_as_told(response, *refusal, command);
    print_text(response.body);
    return 0;
  }
  const auto decision = parse_decision(*json, **type);
  if (!decision) return refuse(decision.refusal());
  auto node = HubNode::open(command.data, Access::write, command.config);
  const auto settled = settle_now(node, {(*type)->number, *id}, *decision);
  if (!settled) return refuse(settled.refusal());
  print_line(command.json ? settled_json(*settled, Registry::ilp())
                          : settled_text(*settled, command.language));
  return 0;
}

HubReview::HubReview(HubNode& node, Writer& writer, HubLink& link)
    : node_(node), writer_(writer), link_(link), ids_(std::make_shared<RecordIds>(random_u64())) {}

bool HubReview::answer(const HttpRequest& request, const HttpReply& reply) {
  if (request.path == list_path && request.method == "GET") {
    reply(list(request));
    return true;
  }
  const bool of_a_record = request.path.starts_with(std::string(list_path) + "/");
  if (of_a_record && request.method == "POST") settle(request, reply);
  return of_a_record && request.method == "POST";
}

HttpResponse HubReview::list(const HttpRequest& request) {
  const auto language = request_language(request);
  const auto type = type_wanted(request.query_value("type"));
  if (!type) return refusal_response(type.refusal(), language);
  const auto limit = query_number(request, "limit", list_default);
  if (!limit) return refusal_response(limit.refusal(), language);
  const auto all = query_flag(request, "all");
  if (!all) return refusal_response(all.refusal(), language);
  const bool text = request.query_value("form") == "text";
  HttpResponse response;
  response.content_type = text ? "text/plain; charset=utf-8" : "application/x-ndjson";
  response.body = list_text(node_, {*all ? Listing::all : Listing::open, *type, !text, language,
                                    std::min(*limit, list_max)});
  return response;
}

void HubReview::settle(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  const auto refuse = [&](const Refusal& refusal) { reply(refusal_response(refusal, language)); };
  const auto rest = std::string_view(request.path).substr(list_path.size() + 1);
  const auto slash = rest.find('/');
  const auto* type = Registry::ilp().find(rest.substr(0, slash));
  const auto id =
      slash == std::string_view::npos ? std::nullopt : parse_hex_id(rest.substr(slash + 1));
  if (type == nullptr || !id) return refuse({Code::not_found, {}, {}});
  auto decision = parse_decision(request.body, *type);
  if (!decision) return refuse(decision.refusal());
  if (const auto code = no_room(node_.store())) return refuse({*code, {}, {}});

  const auto outcome = std::make_shared<Result<Settled>>(Refusal{Code::not_found, {}, {}});
  const auto work = [outcome, record = RecordKey{type->number, *id},
                     decision = *std::move(decision), ids = ids_,
                     context = node_.intake_context(*ids_), epoch = node_.epoch()](WriteTxn& txn) {
    *outcome = settle_conflict(txn, record, decision, context, epoch);
  };
  const bool text = request.query_value("form") == "text";
  writer_.submit({work, [this, reply, outcome, language, text](std::optional<StoreFull> full) {
                    if (full) return reply(refusal_response({Code::disk_full, {}, {}}, language));
                    if (!*outcome) return reply(refusal_response(outcome->refusal(), language));
                    constexpr int created = 201;
                    auto response =
                        json_response(settled_json(**outcome, Registry::ilp()), created);
                    if (text) {
                      response.content_type = "text/plain; charset=utf-8";
                      response.body = settled_text(**outcome, language) + "\n";
                    }
                    reply(std::move(response));
                    link_.appended();
                  }});
}

}  // namespace titip
