#pragma once

// Why something was refused: a value from a closed list, with a stable code for programs and one
// sentence that says what to do for people. No refusal ever holds a value of a field that
// identifies a person, and none holds the text of a parser's exception.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/check.hh"

namespace titip {

enum class Language : std::uint8_t { indonesian, english };

enum class Code : std::uint8_t {
  // input
  not_json,
  not_utf8,
  too_long,
  too_deep,
  duplicate_key,
  unknown_key,
  missing_key,
  wrong_json_type,
  unknown_type,
  system_type,
  unknown_field,
  unknown_op,
  unknown_enumerant,
  not_an_integer,
  out_of_range,
  bad_date,
  bad_time,
  bad_nik,
  bad_area,
  bad_phone,
  bad_text,
  text_too_long,
  bad_id,
  unknown_ref,
  wrong_ref_type,
  ref_reused,
  bad_version,
  nothing_set,
  missing_field,
  not_allowed_here,
  record_retracted,
  record_exists,
  too_contested,
  linked_to_itself,
  group_full,
  seen_older,
  not_contested,
  no_such_choice,
  several_contested,
  which_other,
  one_pair_only,
  not_asked,
  // room
  disk_full,
  map_full,
  busy,
  // enrolment and the link
  bad_invitation,
  invitation_for_agent,
  invitation_for_district,
  invitation_expired,
  invitation_used,
  other_hub,
  nothing_to_replace,
  same_hub,
  other_facility,
  not_enrolled,
  revoked,
  forked,
  incompatible,
  undecodable,
  wrong_hub_key,
  hub_unreachable,
  // environment
  locked,
  no_store,
  store_exists,
  newer_format,
  damaged,
  no_permission,
  io_failed,
  address_in_use,
  bad_config,
  bad_option,
  not_found,
  no_such_node,
  several_nodes,
  only_districts,
  no_file,
  http_bad_request,
  http_forbidden,
  http_wrong_content_type,
  http_too_large,
  no_such_hub,
  several_hubs,
  other_kind,
  no_such_path,
  stream_ended,
  daemon_unreachable,
  // trying another policy
  bad_policy,
  policy_no_type,
  policy_no_field,
  policy_not_for_field,
  policy_twice,
  // backups and keys
  file_exists,
  bad_backup,
  bad_keys,
  no_keys,
  other_keys,
  store_in_the_way,
};

// snake_case, the enumerator's own name; never changes once released.
std::string_view code_name(Code code);
std::optional<Code> code_named(std::string_view name);

struct Refusal {
  Code code = Code::not_json;
  std::string field;                 // the JSON key or option it is about; may be empty
  std::vector<std::string> details;  // fill {0}, {1}… of the sentence
};

// One sentence that says what is wrong and what to do.
std::string sentence(const Refusal& refusal, Language language);

// The process's exit code for a refusal that ends a command: 1, 2, 3 or 4 (design section 9).
int exit_code(Code code);

// The HTTP status for a refusal of a request.
int http_status(Code code);

// A value or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: meant to convert
  Result(Refusal refusal) : held_(std::in_place_index<1>, std::move(refusal)) {}  // NOLINT

  bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    check(ok(), "value() of a refusal");
    return std::get<0>(held_);
  }
  const T& value() const& {
    check(ok(), "value() of a refusal");
    return std::get<0>(held_);
  }
  T&& value() && {
    check(ok(), "value() of a refusal");
    return std::get<0>(std::move(held_));
  }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }

  const Refusal& refusal() const {
    check(!ok(), "refusal() of a value");
    return std::get<1>(held_);
  }

 private:
  std::variant<T, Refusal> held_;
};

}  // namespace titip
