// titip-event-bytes: events as their canonical bytes, in hex, one a line.
//   titip-event-bytes journal DATA    every event in the journal of a hub or an agent, in order
//   titip-event-bytes encode          events on standard input → the smallest body of a batch of
//   them titip-event-bytes decode          such a body on standard input → its events; exit 1 if it
//   cannot

#include <sodium.h>

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/agent_journal.hh"
#include "core/hub_journal.hh"
#include "core/hub_orders.hh"
#include "core/limits.hh"
#include "io/open_store.hh"

namespace {

using namespace titip;

std::string to_hex(std::string_view bytes) {
  std::string hex(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  hex.pop_back();
  return hex;
}

std::string from_hex(const std::string& hex) {
  std::string bytes(hex.size() / 2, '\0');
  sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), hex.data(),
                 hex.size(), nullptr, nullptr, nullptr);
  return bytes;
}

int print_journal(const char* data) {
  const auto store = open_store(data, Access::read, {});
  const auto txn = store->read();
  if (profile(*txn)) {
    txn->scan(Table::journal, {}, [](const Entry& stored) {
      std::cout << to_hex(decode_hub_entry(key_u64(stored.key, 0), stored.value).event) << '\n';
      return true;
    });
    return 0;
  }
  for (const auto lane : all_lanes) {
    for (Seq seq = 1; const auto entry = journal_entry(*txn, lane, seq); ++seq) {
      std::cout << to_hex(entry->event) << '\n';
    }
  }
  return 0;
}

int encode() {
  std::vector<BatchEvent> events;
  for (std::string line; std::getline(std::cin, line);) events.push_back({from_hex(line), {}});
  std::cout << to_hex(encode_batch(events)) << '\n';
  return 0;
}

int decode() {
  std::string line;
  std::getline(std::cin, line);
  const auto events = decode_batch(from_hex(line));
  if (!events) return 1;
  for (const auto& event : *events) std::cout << to_hex(event.bytes) << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "journal" && argc == 3) return print_journal(argv[2]);
  if (what == "encode" && argc == 2) return encode();
  if (what == "decode" && argc == 2) return decode();
  std::cerr << "usage: titip-event-bytes journal DATA|encode|decode\n";
  return 2;
}
