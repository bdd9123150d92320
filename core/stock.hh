#pragma once

// What is left of each item at each facility. It stands in no field, where one could overwrite it:
// it is the sum of the movements that are in use. So when two draw the last box at once, both draws
// count, and the sum falls below zero for everyone to see.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/kv.hh"
#include "core/registry.hh"

namespace titip {

struct StockBalance {
  std::string facility;  // code
  const Enumerant* item = nullptr;
  std::int64_t balance = 0;     // of settled movements
  std::uint64_t movements = 0;  // settled
  // Movements under review, and what they would add: no part of the balance.
  std::uint64_t movements_in_doubt = 0;
  std::int64_t amount_in_doubt = 0;
};

// As the node's own records have it, by facility and item; `facility` empty: of all. Reads every
// movement once.
std::vector<StockBalance> stock_balances(const ReadTxn& txn, const Registry& registry,
                                         std::string_view facility = {});

// {"facility","item","balance","movements"}, where some are under review
// "underReview":{"movements","amount"}, and at a district "hubFacility".
std::string stock_line(const StockBalance& stock, std::string_view hub_facility);

}  // namespace titip
