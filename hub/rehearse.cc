#include "hub/rehearse.hh"

#include "core/intake_json.hh"
#include "core/print_rehearsal.hh"
#include "hub/hub_node.hh"
#include "io/clock.hh"
#include "io/command_result.hh"
#include "io/progress.hh"

namespace titip {

namespace {

// From the beginning of that day in the hub's zone.
Result<std::optional<TimeMs>> since_when(const std::string& typed, std::int16_t zone_minutes) {
  constexpr TimeMs day_ms = 86'400'000;
  constexpr TimeMs minute_ms = 60'000;
  if (typed.empty()) return std::optional<TimeMs>();
  const auto days = parse_date(typed);
  if (!days) return Refusal{Code::bad_option, "--since", {"--since 2024-10-15"}};
  return std::optional<TimeMs>(*days * day_ms - zone_minutes * minute_ms);
}

}  // namespace

int hub_rehearse(const CommandContext& command, const RehearseRequest& request) {
  const auto trials = parse_policy_trials(request.policies, Registry::ilp());
  if (!trials) return fail(trials.refusal(), command.language, command.json);
  auto node = HubNode::open(command.data, Access::read, command.config);
  const auto since = since_when(request.since, node.profile().zone_minutes);
  if (!since) return fail(since.refusal(), command.language, command.json);

  Progress progress(
      command.language == Language::indonesian ? "kejadian dibaca" : "events read through",
      command.language, steady_now());
  Rehearsal rehearsal(Registry::ilp(), *trials, *since);
  while (!rehearsal.done()) {
    const auto differing = rehearsal.step(*node.store().read());
    if (!differing.empty()) progress.clear();
    for (const auto& record : differing) {
      if (command.json) {
        print_line(rehearsed_line(record, rehearsal));
      } else {
        print_text(rehearsed_text(record, rehearsal, command.language));
      }
    }
    progress.update(steady_now(), rehearsal.entries_read(), 0);
  }
  progress.finish(steady_now(), rehearsal.entries_read(), 0);
  if (command.json) {
    print_line(rehearsal_summary_line(rehearsal.counts()));
  } else {
    print_text(rehearsal_summary_text(rehearsal.counts(), command.language));
  }
  return 0;
}

}  // namespace titip
