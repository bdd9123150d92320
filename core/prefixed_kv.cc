#include "core/prefixed_kv.hh"

namespace titip {

namespace {

std::string joined(const std::string& prefix, std::string_view key) {
  std::string whole;
  whole.reserve(prefix.size() + key.size());
  whole += prefix;
  whole += key;
  return whole;
}

// Shows a visitor the keys behind the prefix, and ends where they end.
ReadTxn::Visit behind(const std::string& prefix, const ReadTxn::Visit& visit) {
  return [&](const Entry& entry) {
    if (!entry.key.starts_with(prefix)) return false;
    return visit({entry.key.substr(prefix.size()), entry.value});
  };
}

std::uint64_t count_behind(const ReadTxn& inner, const std::string& prefix, Table table) {
  if (prefix.empty()) return inner.count(table);
  std::uint64_t count = 0;
  inner.scan(table, prefix, [&](const Entry& entry) {
    if (!entry.key.starts_with(prefix)) return false;
    ++count;
    return true;
  });
  return count;
}

}  // namespace

std::optional<std::string_view> PrefixedRead::get(Table table, std::string_view key) const {
  if (prefix_.empty()) return inner_->get(table, key);
  return inner_->get(table, joined(prefix_, key));
}

void PrefixedRead::scan(Table table, std::string_view first, const Visit& visit) const {
  if (prefix_.empty()) return inner_->scan(table, first, visit);
  inner_->scan(table, joined(prefix_, first), behind(prefix_, visit));
}

void PrefixedRead::scan_back(Table table, std::string_view last, const Visit& visit) const {
  if (prefix_.empty()) return inner_->scan_back(table, last, visit);
  inner_->scan_back(table, joined(prefix_, last), behind(prefix_, visit));
}

std::uint64_t PrefixedRead::count(Table table) const {
  return count_behind(*inner_, prefix_, table);
}

std::optional<std::string_view> PrefixedWrite::get(Table table, std::string_view key) const {
  if (prefix_.empty()) return inner_.get(table, key);
  return inner_.get(table, joined(prefix_, key));
}

void PrefixedWrite::scan(Table table, std::string_view first, const Visit& visit) const {
  if (prefix_.empty()) return inner_.scan(table, first, visit);
  inner_.scan(table, joined(prefix_, first), behind(prefix_, visit));
}

void PrefixedWrite::scan_back(Table table, std::string_view last, const Visit& visit) const {
  if (prefix_.empty()) return inner_.scan_back(table, last, visit);
  inner_.scan_back(table, joined(prefix_, last), behind(prefix_, visit));
}

std::uint64_t PrefixedWrite::count(Table table) const {
  return count_behind(inner_, prefix_, table);
}

void PrefixedWrite::put(Table table, std::string_view key, std::string_view value) {
  inner_.put(table, joined(prefix_, key), value);
}

void PrefixedWrite::append(Table table, std::string_view key, std::string_view value) {
  // The highest behind its prefix is not the highest of the table.
  if (prefix_.empty()) return inner_.append(table, key, value);
  inner_.put(table, joined(prefix_, key), value);
}

bool PrefixedWrite::erase(Table table, std::string_view key) {
  return inner_.erase(table, joined(prefix_, key));
}

}  // namespace titip
