#include "hub/check_store.hh"

#include "core/epochs.hh"
#include "core/hub_journal.hh"
#include "core/verify.hh"
#include "io/refusal_error.hh"

namespace titip {

Position journal_position(const ReadTxn& txn) {
  const auto end = journal_end(txn);
  return {current_line(txn).epoch_of(end.offset), end.offset};
}

SoundStore check_hub_store(Store& store) {
  SoundStore sound;
  sound.values = store.verify();
  JournalCheck journal;
  while (!journal.done) verify_hub_journal(*store.read(), journal);
  if (journal.fault) throw RefusalError({Code::damaged, {}, {*journal.fault}});
  sound.events = journal.entries;
  sound.end = journal_position(*store.read());
  return sound;
}

}  // namespace titip
