#pragma once

// What a hub makes of a Hello, inside its write transaction.

#include "core/hub_orders.hh"

namespace titip {

HubOutcome greet(WriteTxn& txn, const GreetOrder& order, const HubContext& context);

}  // namespace titip
