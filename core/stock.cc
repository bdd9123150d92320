#include "core/stock.hh"

#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "core/print_json.hh"
#include "core/record_state.hh"

namespace titip {

namespace {

// The parts of a movement that count.
struct MovementFields {
  const RecordType* type = nullptr;
  const FieldRules* facility = nullptr;
  const FieldRules* item = nullptr;
  const FieldRules* quantity = nullptr;
};

// nullopt: this vocabulary knows no movements.
std::optional<MovementFields> movement_fields(const Registry& registry) {
  const auto* type = registry.find("StockMovement");
  if (type == nullptr) return std::nullopt;
  const MovementFields fields{type, type->field("facility"), type->field("item"),
                              type->field("quantity")};
  if (fields.facility == nullptr || fields.item == nullptr || fields.quantity == nullptr) {
    return std::nullopt;
  }
  return fields;
}

struct Movement {
  std::string facility;
  const Enumerant* item = nullptr;
  std::int64_t quantity = 0;
  bool in_doubt = false;
};

// nullopt: it counts nowhere, since it was retracted or does not say what of whose.
std::optional<Movement> movement_of(const RecordState& state, const MovementFields& fields) {
  if (!shown_alive(state) && !state.under_review) return std::nullopt;
  const auto facility = shown_value(state, *fields.facility);
  const auto item = shown_value(state, *fields.item);
  const auto quantity = shown_value(state, *fields.quantity);
  if (!facility || !item || !quantity) return std::nullopt;
  const auto ordinal = static_cast<std::size_t>(std::get<std::int64_t>(*item));
  const auto& items = fields.item->enumerants;
  if (ordinal >= items.size()) return std::nullopt;  // a newer vocabulary's
  return Movement{std::get<std::string>(*facility), &items[ordinal],
                  std::get<std::int64_t>(*quantity), state.under_review};
}

}  // namespace

std::vector<StockBalance> stock_balances(const ReadTxn& txn, const Registry& registry,
                                         std::string_view facility) {
  const auto fields = movement_fields(registry);
  if (!fields) return {};
  std::map<std::pair<std::string, std::uint16_t>, StockBalance> sums;
  txn.scan(Table::records, record_key({fields->type->number, 0}), [&](const Entry& entry) {
    if (key_u16(entry.key, 0) != fields->type->number) return false;
    const auto movement = movement_of(decode_record_state(entry.value), *fields);
    if (!movement || (!facility.empty() && movement->facility != facility)) return true;
    auto& sum = sums[{movement->facility, movement->item->ordinal}];
    sum.facility = movement->facility;
    sum.item = movement->item;
    if (movement->in_doubt) {
      ++sum.movements_in_doubt;
      sum.amount_in_doubt += movement->quantity;
    } else {
      ++sum.movements;
      sum.balance += movement->quantity;
    }
    return true;
  });
  std::vector<StockBalance> balances;
  balances.reserve(sums.size());
  for (auto& [key, sum] : sums) balances.push_back(std::move(sum));
  return balances;
}

std::string stock_line(const StockBalance& stock, std::string_view hub_facility) {
  JsonWriter out;
  out.begin_object().key("facility").text(stock.facility).key("item").text(stock.item->name);
  out.key("balance").number(stock.balance).key("movements").number(stock.movements);
  if (stock.movements_in_doubt != 0) {
    out.key("underReview").begin_object();
    out.key("movements").number(stock.movements_in_doubt);
    out.key("amount").number(stock.amount_in_doubt).end_object();
  }
  if (!hub_facility.empty()) out.key("hubFacility").text(hub_facility);
  out.end_object();
  return out.take();
}

}  // namespace titip
