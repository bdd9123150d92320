#include "io/stock_output.hh"

#include <algorithm>

#include "core/print_json.hh"
#include "core/stock.hh"
#include "io/http_common.hh"

namespace titip {

namespace {

constexpr std::size_t facility_columns = 14;
constexpr std::size_t item_columns = 28;
constexpr std::size_t number_columns = 8;

std::string lines_of(const ReadTxn& txn, const RecordReader& reader, std::string_view facility) {
  std::string lines;
  for (const auto& stock : stock_balances(txn, reader.registry, facility)) {
    lines += stock_line(stock, reader.hub_facility) + "\n";
  }
  return lines;
}

std::string left(std::string text, std::size_t columns) {
  text.resize(std::max(text.size() + 1, columns), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t columns) {
  return std::string(columns - std::min(text.size(), columns), ' ') + text;
}

std::string doubt_of(const StockBalance& stock, bool indonesian) {
  if (stock.movements_in_doubt == 0) return {};
  const auto count = std::to_string(stock.movements_in_doubt);
  const auto sign = stock.amount_in_doubt > 0 ? "+" : "";
  const auto amount = sign + std::to_string(stock.amount_in_doubt);
  return indonesian
             ? "  belum dihitung: " + amount + " dalam " + count + " mutasi yang perlu diputuskan"
             : "  not counted: " + amount + " in " + count + " movement" +
                   (stock.movements_in_doubt == 1 ? "" : "s") + " to be decided";
}

std::string table_of(const ReadTxn& txn, const RecordReader& reader, std::string_view facility,
                     Language language) {
  const bool indonesian = language == Language::indonesian;
  const auto balances = stock_balances(txn, reader.registry, facility);
  if (balances.empty())
    return indonesian ? "Belum ada mutasi stok.\n" : "No stock movements yet.\n";
  std::string text = left(indonesian ? "Fasilitas" : "Facility", facility_columns) +
                     left(indonesian ? "Barang" : "Item", item_columns) +
                     right(indonesian ? "Sisa" : "Left", number_columns) + "\n";
  for (const auto& stock : balances) {
    const auto& label = stock.item->label;
    text += left(plain(stock.facility), facility_columns) +
            left(indonesian ? label.id : label.en, item_columns) +
            right(std::to_string(stock.balance), number_columns) + doubt_of(stock, indonesian) +
            "\n";
  }
  return text;
}

}  // namespace

int print_stock(const ReadTxn& txn, const RecordReader& reader, const CommandContext& command,
                const std::string& facility) {
  print_text(command.json ? lines_of(txn, reader, facility)
                          : table_of(txn, reader, facility, command.language));
  return 0;
}

std::optional<HttpResponse> answer_stock(const HttpRequest& request, const ReadTxn& txn,
                                         const RecordReader& reader) {
  if (request.method != "GET" || request.path != "/v1/stock") return std::nullopt;
  const auto facility = request.query_value("facility");
  if (request.query_value("form") == "text") {
    return text_response(table_of(txn, reader, facility, request_language(request)));
  }
  return ndjson_response(lines_of(txn, reader, facility));
}

}  // namespace titip
