#pragma once

// A node whose hub has lost its keys is given to a new hub by a fresh invitation. It keeps what it
// holds, its keys and its lives, and forgets what only the former hub had said: who it is there,
// and what is durable there. The new hub is told which node it was, so that its events keep their
// author.

#include <string_view>

#include "core/kv.hh"
#include "core/link_messages.hh"

namespace titip {

// `invitation`: the new hub's link, which stands for the former one from now on. An agent's store,
// or a district's part of one; it must hold a certificate, or have held one when it was given to a
// new hub the last time.
void replace_hub(WriteTxn& txn, std::string_view invitation);

// Whether the node was given to a new hub which has not enrolled it yet.
bool awaits_new_hub(const ReadTxn& txn);

}  // namespace titip
