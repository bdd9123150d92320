#include "core/backup_mark.hh"

#include "core/epochs.hh"
#include "core/hub_journal.hh"
#include "core/meta.hh"

namespace titip {

void note_backup(WriteTxn& txn, const BackupMark& mark) {
  txn.put(Table::meta, meta::backup_mark,
          Key().u64(mark.position.epoch).u64(mark.position.offset).u64(
              static_cast<std::uint64_t>(mark.at)));
}

std::optional<BackupMark> backup_mark(const ReadTxn& txn) {
  const auto value = txn.get(Table::meta, meta::backup_mark);
  if (!value) return std::nullopt;
  const BackupMark mark{{key_u64(*value, 0), key_u64(*value, 8)},
                        static_cast<TimeMs>(key_u64(*value, 16))};
  const Position end{meta::get_u64(txn, meta::epoch).value_or(0), journal_end(txn).offset};
  if (!LineHistory(txn).covers(end, mark.position)) return std::nullopt;
  return mark;
}

}  // namespace titip
