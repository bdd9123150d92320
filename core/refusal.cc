// A sentence is a template: {0}, {1}… are the details, {field} the field; a [part] in brackets is
// left out unless everything it names is there.

#include "core/refusal.hh"

#include <array>

#include "core/refusal_sentences.hh"
#include "core/text_check.hh"

namespace titip {

namespace {

struct Facts {
  Code code = Code::not_json;
  std::string_view name;
  int exit_code = 0;
  int http_status = 0;
};

constexpr std::array<Facts, code_count> facts_of_codes{{
    {Code::not_json, "not_json", 1, 422},
    {Code::not_utf8, "not_utf8", 1, 422},
    {Code::too_long, "too_long", 1, 422},
    {Code::too_deep, "too_deep", 1, 422},
    {Code::duplicate_key, "duplicate_key", 1, 422},
    {Code::unknown_key, "unknown_key", 1, 422},
    {Code::missing_key, "missing_key", 1, 422},
    {Code::wrong_json_type, "wrong_json_type", 1, 422},
    {Code::unknown_type, "unknown_type", 1, 422},
    {Code::system_type, "system_type", 1, 422},
    {Code::unknown_field, "unknown_field", 1, 422},
    {Code::unknown_op, "unknown_op", 1, 422},
    {Code::unknown_enumerant, "unknown_enumerant", 1, 422},
    {Code::not_an_integer, "not_an_integer", 1, 422},
    {Code::out_of_range, "out_of_range", 1, 422},
    {Code::bad_date, "bad_date", 1, 422},
    {Code::bad_time, "bad_time", 1, 422},
    {Code::bad_nik, "bad_nik", 1, 422},
    {Code::bad_area, "bad_area", 1, 422},
    {Code::bad_phone, "bad_phone", 1, 422},
    {Code::bad_text, "bad_text", 1, 422},
    {Code::text_too_long, "text_too_long", 1, 422},
    {Code::bad_id, "bad_id", 1, 422},
    {Code::unknown_ref, "unknown_ref", 1, 422},
    {Code::wrong_ref_type, "wrong_ref_type", 1, 422},
    {Code::ref_reused, "ref_reused", 1, 409},
    {Code::bad_version, "bad_version", 1, 422},
    {Code::nothing_set, "nothing_set", 1, 422},
    {Code::missing_field, "missing_field", 1, 422},
    {Code::not_allowed_here, "not_allowed_here", 1, 422},
    {Code::record_retracted, "record_retracted", 1, 422},
    {Code::record_exists, "record_exists", 1, 409},
    {Code::too_contested, "too_contested", 1, 409},
    {Code::linked_to_itself, "linked_to_itself", 1, 422},
    {Code::group_full, "group_full", 1, 409},
    {Code::seen_older, "seen_older", 1, 409},
    {Code::not_contested, "not_contested", 1, 422},
    {Code::no_such_choice, "no_such_choice", 1, 422},
    {Code::several_contested, "several_contested", 1, 422},
    {Code::which_other, "which_other", 1, 422},
    {Code::one_pair_only, "one_pair_only", 1, 422},
    {Code::not_asked, "not_asked", 1, 422},
    {Code::disk_full, "disk_full", 3, 507},
    {Code::map_full, "map_full", 3, 507},
    {Code::busy, "busy", 3, 503},
    {Code::bad_invitation, "bad_invitation", 1, 422},
    {Code::invitation_for_agent, "invitation_for_agent", 1, 422},
    {Code::invitation_for_district, "invitation_for_district", 1, 422},
    {Code::invitation_expired, "invitation_expired", 4, 403},
    {Code::invitation_used, "invitation_used", 4, 403},
    {Code::other_hub, "other_hub", 4, 409},
    {Code::nothing_to_replace, "nothing_to_replace", 3, 409},
    {Code::same_hub, "same_hub", 1, 409},
    {Code::other_facility, "other_facility", 1, 422},
    {Code::not_enrolled, "not_enrolled", 4, 403},
    {Code::revoked, "revoked", 4, 403},
    {Code::forked, "forked", 4, 409},
    {Code::incompatible, "incompatible", 3, 409},
    {Code::undecodable, "undecodable", 1, 422},
    {Code::wrong_hub_key, "wrong_hub_key", 4, 502},
    {Code::hub_unreachable, "hub_unreachable", 3, 503},
    {Code::locked, "locked", 3, 503},
    {Code::no_store, "no_store", 3, 500},
    {Code::store_exists, "store_exists", 3, 409},
    {Code::newer_format, "newer_format", 3, 500},
    {Code::damaged, "damaged", 3, 500},
    {Code::no_permission, "no_permission", 3, 500},
    {Code::io_failed, "io_failed", 3, 500},
    {Code::address_in_use, "address_in_use", 3, 500},
    {Code::bad_config, "bad_config", 2, 500},
    {Code::bad_option, "bad_option", 2, 400},
    {Code::not_found, "not_found", 1, 404},
    {Code::no_such_node, "no_such_node", 1, 404},
    {Code::several_nodes, "several_nodes", 1, 409},
    {Code::only_districts, "only_districts", 2, 400},
    {Code::no_file, "no_file", 2, 404},
    {Code::http_bad_request, "http_bad_request", 1, 400},
    {Code::http_forbidden, "http_forbidden", 1, 403},
    {Code::http_wrong_content_type, "http_wrong_content_type", 1, 415},
    {Code::http_too_large, "http_too_large", 1, 413},
    {Code::no_such_hub, "no_such_hub", 1, 404},
    {Code::several_hubs, "several_hubs", 2, 422},
    {Code::other_kind, "other_kind", 3, 500},
    {Code::no_such_path, "no_such_path", 1, 404},
    {Code::stream_ended, "stream_ended", 3, 503},
    {Code::daemon_unreachable, "daemon_unreachable", 3, 503},
    {Code::bad_policy, "bad_policy", 2, 400},
    {Code::policy_no_type, "policy_no_type", 2, 400},
    {Code::policy_no_field, "policy_no_field", 2, 400},
    {Code::policy_not_for_field, "policy_not_for_field", 2, 400},
    {Code::policy_twice, "policy_twice", 2, 400},
    {Code::file_exists, "file_exists", 3, 409},
    {Code::bad_backup, "bad_backup", 3, 422},
    {Code::bad_keys, "bad_keys", 3, 422},
    {Code::no_keys, "no_keys", 3, 409},
    {Code::other_keys, "other_keys", 3, 409},
    {Code::store_in_the_way, "store_in_the_way", 3, 409},
}};

constexpr bool facts_in_order() {
  for (std::size_t i = 0; i < facts_of_codes.size(); ++i) {
    if (static_cast<std::size_t>(facts_of_codes[i].code) != i) return false;
  }
  return true;
}
static_assert(facts_in_order());

const Facts& facts(Code code) { return facts_of_codes.at(static_cast<std::size_t>(code)); }

// The placeholder that `text` starts with, braces included; empty if it starts with none.
std::string_view placeholder(std::string_view text) {
  constexpr std::string_view field = "{field}";
  if (text.starts_with(field)) return text.substr(0, field.size());
  const bool is_detail =
      text.size() >= 3 && text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}';
  return is_detail ? text.substr(0, 3) : std::string_view();
}

std::string_view value_of(std::string_view placeholder, const Refusal& refusal) {
  if (placeholder == "{field}") return refusal.field;
  const auto at = static_cast<std::size_t>(placeholder[1] - '0');
  return at < refusal.details.size() ? std::string_view(refusal.details[at]) : std::string_view();
}

// Fills `text`; says whether everything it names was there.
bool fill(std::string& out, std::string_view text, const Refusal& refusal) {
  bool complete = true;
  while (!text.empty()) {
    const std::string_view named = placeholder(text);
    if (named.empty()) {
      out.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    const std::string_view value = value_of(named, refusal);
    complete = complete && !value.empty();
    // A path or an address that somebody typed may be a NIK in the wrong place.
    out += value.empty() ? "…" : without_nik_digits(value);
    text.remove_prefix(named.size());
  }
  return complete;
}

}  // namespace

std::optional<Code> code_named(std::string_view name) {
  for (const auto& facts : facts_of_codes) {
    if (facts.name == name) return facts.code;
  }
  return std::nullopt;
}

std::string_view code_name(Code code) { return facts(code).name; }

int exit_code(Code code) { return facts(code).exit_code; }

int http_status(Code code) { return facts(code).http_status; }

std::string sentence(const Refusal& refusal, Language language) {
  std::string_view rest = language == Language::indonesian ? indonesian_sentence(refusal.code)
                                                           : english_sentence(refusal.code);
  std::string out;
  while (!rest.empty()) {
    const std::size_t begin = rest.find('[');
    fill(out, rest.substr(0, begin), refusal);
    if (begin == std::string_view::npos) break;
    const std::size_t end = rest.find(']', begin);
    check(end != std::string_view::npos, "a sentence's bracket is not closed");
    std::string part;
    if (fill(part, rest.substr(begin + 1, end - begin - 1), refusal)) out += part;
    rest.remove_prefix(end + 1);
  }
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') {
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
  }
  return out;
}

}  // namespace titip
