// titip-edit-store: makes of a store what cannot be waited for in a test. Nobody else may have it
// open.
//   titip-edit-store DATA newer-format          as a later Titip would have written it
//   titip-edit-store DATA expire-invitations    every invitation of a hub was given two days ago

#include <cstdio>
#include <string_view>

#include "core/limits.hh"
#include "core/nodes.hh"
#include "io/clock.hh"
#include "io/data_dir.hh"
#include "io/open_store.hh"

namespace {

using namespace titip;

void put_newer_format(WriteTxn& txn) {
  txn.put(Table::meta, "format", Key().u64(limits::store_format + 1));
}

void expire_invitations(WriteTxn& txn) {
  for (auto invitation : all_invitations(txn)) {
    invitation.expires_at = read_clock().wall - limits::invitation_ms;
    put_invitation(txn, invitation);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view edit = argc == 3 ? argv[2] : "";
  if (edit != "newer-format" && edit != "expire-invitations") {
    std::fputs("usage: titip-edit-store DATA newer-format|expire-invitations\n", stderr);
    return 2;
  }
  const auto lock = take_lock(argv[1]);
  const auto store = open_store(argv[1], Access::write, {});
  store->write(edit == "newer-format" ? put_newer_format : expire_invitations);
  return 0;
}
