#include "core/replace_hub.hh"

#include <string>
#include <vector>

#include "core/meta.hh"

namespace titip {

namespace {

// Of a node that has no lanes there is nothing to forget.
void forget_receipts(WriteTxn& txn) {
  for (const auto lane : all_lanes) {
    meta::put_acknowledged(txn, {lane, 0, {}});
    meta::put_safe(txn, lane, 0);
    meta::put_backed_up(txn, lane, 0);
  }
  // A life that no hub has welcomed goes on from nothing, see core/lineage.hh.
  txn.erase(Table::meta, meta::welcomed);
  std::vector<std::string> outcomes;
  txn.scan(Table::quarantine, {}, [&](const Entry& entry) {
    outcomes.emplace_back(entry.key);
    return true;
  });
  for (const auto& key : outcomes) txn.erase(Table::quarantine, key);
}

}  // namespace

void replace_hub(WriteTxn& txn, std::string_view invitation) {
  const std::string link(invitation);
  if (const auto bytes = txn.get(Table::meta, meta::certificate)) {
    const auto former = decode_certificate(*bytes);
    if (former) meta::put_u64(txn, meta::former_node, former->node);
  }
  for (const auto name :
       {meta::certificate, meta::signature, meta::refused, meta::last_sync, meta::sends_journal}) {
    txn.erase(Table::meta, name);
  }
  forget_receipts(txn);
  txn.erase(Table::meta, meta::history_lost);  // what the former hub had lost; what the new one lacks shows anew
  // The position in the former hub's journal, the streams held and its epochs stay: by them the new
  // hub sees that there is a history which it lacks, and this node that what it has is to be asked
  // about.
  txn.put(Table::meta, meta::invitation, link);
}

bool awaits_new_hub(const ReadTxn& txn) {
  return meta::get_u64(txn, meta::former_node) && !txn.get(Table::meta, meta::certificate);
}

}  // namespace titip
