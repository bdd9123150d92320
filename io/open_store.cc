#include "io/open_store.hh"

#include "core/meta.hh"
#include "io/refusal_error.hh"

namespace titip {

WriterLock take_lock(const std::filesystem::path& data) {
  auto lock = WriterLock::try_take(data);
  if (!lock) throw RefusalError({Code::locked, {}, {data.string()}});
  return std::move(*lock);
}

std::unique_ptr<Store> open_store(const std::filesystem::path& data, Access access,
                                  const Config& config) {
  StoreOptions options;
  if (config.map_bytes) options.map_bytes = static_cast<std::size_t>(*config.map_bytes);
  options.read_only = access == Access::read;
  options.create = access == Access::create;
  return Store::open(store_dir(data), options);
}

void require_node(const std::filesystem::path& data) {
  std::error_code error;
  if (!std::filesystem::exists(keys_file(data), error) && !error) {
    throw RefusalError({Code::no_store, {}, {data.string()}});
  }
}

Refusal not_ours(const ReadTxn& txn, const std::filesystem::path& data) {
  const auto holds = [&](std::string_view key) { return txn.get(Table::meta, key).has_value(); };
  const char* program = nullptr;
  if (holds(meta::profile)) program = "titip-hub";
  if (holds(meta::hubs)) program = "titip-district";
  if (holds(meta::invitation)) program = "titip-agent";
  if (program == nullptr) return {Code::no_store, {}, {data.string()}};
  return {Code::other_kind, {}, {data.string(), program}};
}

}  // namespace titip
