#include <algorithm>

#include "core/print_conflict.hh"
#include "core/rehearsal.hh"

namespace titip {

namespace {

constexpr std::string_view option = "--policy";

std::optional<MergePolicy> policy_named(std::string_view word) {
  for (const auto policy : {MergePolicy::later, MergePolicy::authority, MergePolicy::max,
                            MergePolicy::min, MergePolicy::review}) {
    if (policy_word(policy) == word) return policy;
  }
  return std::nullopt;
}

// What was typed is not repeated: only names of the schema are.
Result<PolicyTrial> parse_policy_trial(std::string_view text, const Registry& registry) {
  const auto refuse = [](Code code, std::vector<std::string> details = {}) {
    return Refusal{code, std::string(option), std::move(details)};
  };
  const auto equals = text.find('=');
  const auto dot = text.substr(0, equals).find('.');
  if (equals == std::string_view::npos || dot == std::string_view::npos) {
    return refuse(Code::bad_policy);
  }
  PolicyTrial trial;
  const auto policy = policy_named(text.substr(equals + 1));
  if (!policy) return refuse(Code::bad_policy);
  trial.policy = *policy;
  trial.type = registry.find(text.substr(0, dot));
  if (trial.type == nullptr) return refuse(Code::policy_no_type);
  trial.field = trial.type->field(text.substr(dot + 1, equals - dot - 1));
  if (trial.field == nullptr) return refuse(Code::policy_no_field, {trial.type->name});
  if (!policy_fits(trial.policy, trial.field->kind)) {
    return refuse(Code::policy_not_for_field, {trial.type->name + "." + trial.field->name});
  }
  return trial;
}

}  // namespace

Result<std::vector<PolicyTrial>> parse_policy_trials(const std::vector<std::string>& texts,
                                                     const Registry& registry) {
  if (texts.empty()) return Refusal{Code::bad_policy, std::string(option), {}};
  std::vector<PolicyTrial> trials;
  for (const auto& text : texts) {
    const auto trial = parse_policy_trial(text, registry);
    if (!trial) return trial.refusal();
    const auto same = std::ranges::find(trials, trial->field, &PolicyTrial::field);
    if (same != trials.end()) {
      return Refusal{
          Code::policy_twice, std::string(option), {trial->type->name + "." + trial->field->name}};
    }
    trials.push_back(*trial);
  }
  return trials;
}

}  // namespace titip
