#include "io/intake.hh"

#include <memory>

#include "core/limits.hh"
#include "io/log.hh"

namespace titip {

namespace {

Code code_of(StoreFull full) {
  return full.what == StoreFull::What::map ? Code::map_full : Code::disk_full;
}

// Every line refused for want of room; those that were bad anyway keep their own reason.
std::vector<LineResult> refuse_all(const std::vector<IntakeLine>& lines, Code code) {
  std::vector<LineResult> results;
  for (const auto& line : lines) {
    if (!line.draft) {
      results.push_back({line.number, line.ref, line.draft.refusal()});
    } else {
      results.push_back({line.number, line.ref, Refusal{code, {}, {}}});
    }
  }
  return results;
}

}  // namespace

std::optional<Code> no_room(const Store& store) {
  const auto usage = store.usage();
  if (usage.accepts_new_work()) return std::nullopt;
  return usage.free_disk_bytes < limits::disk_free_bytes_min ? Code::disk_full : Code::map_full;
}

Intake::Intake(const Store& store, Writer& writer, MakeSave make_save, Appended appended)
    : store_(store),
      writer_(writer),
      make_save_(std::move(make_save)),
      appended_(std::move(appended)) {}

void Intake::save(std::vector<IntakeLine> lines, Answer answer) {
  if (const auto code = no_room(store_)) {
    if (!full_) log_warning("intake", "refuses new events: " + std::string(code_name(*code)));
    full_ = true;
    return answer(refuse_all(lines, *code));
  }
  full_ = false;
  // Shared by `work`, which may run twice and outlive this, and `done`, which sees what its last
  // run left.
  struct Job {
    std::vector<IntakeLine> lines;
    SaveDraft save;
    std::vector<LineResult> results;
  };
  const auto job = std::make_shared<Job>(Job{std::move(lines), make_save_(), {}});
  writer_.submit({[job](WriteTxn& txn) { job->results = save_lines(txn, job->lines, job->save); },
                  [this, job, answer = std::move(answer)](std::optional<StoreFull> full) {
                    if (full) return answer(refuse_all(job->lines, code_of(*full)));
                    std::vector<RecordKey> saved;
                    for (const auto& result : job->results) {
                      if (result.saved && !result.saved->again) {
                        saved.push_back(result.saved->record);
                      }
                    }
                    answer(std::move(job->results));
                    if (!saved.empty()) appended_(saved);
                  }});
}

std::vector<LineResult> save_now(Store& store, const MakeSave& make_save,
                                 const std::vector<IntakeLine>& lines) {
  if (const auto code = no_room(store)) return refuse_all(lines, *code);
  std::vector<LineResult> results;
  try {
    store.write([&](WriteTxn& txn) { results = save_lines(txn, lines, make_save()); });
  } catch (const StoreFull& full) {
    return refuse_all(lines, code_of(full));
  }
  return results;
}

}  // namespace titip
