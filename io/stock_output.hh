#pragma once

// `stock` and GET /v1/stock, alike at agent, hub and district.

#include <optional>
#include <string>

#include "io/command_context.hh"
#include "io/http_server.hh"

namespace titip {

// With `command.json` a line for each facility and item, else a table. `facility` empty: all.
int print_stock(const ReadTxn& txn, const RecordReader& reader, const CommandContext& command,
                const std::string& facility);

// Of ?facility=CODE, as JSON lines; ?form=text: as a table. nullopt: another path.
std::optional<HttpResponse> answer_stock(const HttpRequest& request, const ReadTxn& txn,
                                         const RecordReader& reader);

}  // namespace titip
