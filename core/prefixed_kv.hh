#pragma once

// Several stores in one: every key of every table begins with a prefix, which whoever works behind
// it does not see. A district keeps each of its hubs so.

#include <memory>
#include <string>

#include "core/kv.hh"

namespace titip {

class PrefixedRead : public ReadTxn {
 public:
  PrefixedRead(std::unique_ptr<ReadTxn> inner, std::string prefix)
      : inner_(std::move(inner)), prefix_(std::move(prefix)) {}
  std::optional<std::string_view> get(Table table, std::string_view key) const override;
  void scan(Table table, std::string_view first, const Visit& visit) const override;
  void scan_back(Table table, std::string_view last, const Visit& visit) const override;
  std::uint64_t count(Table table) const override;  // walks them all, unless the prefix is empty

 private:
  std::unique_ptr<ReadTxn> inner_;
  std::string prefix_;
};

class PrefixedWrite : public WriteTxn {
 public:
  // `inner` must outlive it.
  PrefixedWrite(WriteTxn& inner, std::string prefix) : inner_(inner), prefix_(std::move(prefix)) {}
  std::optional<std::string_view> get(Table table, std::string_view key) const override;
  void scan(Table table, std::string_view first, const Visit& visit) const override;
  void scan_back(Table table, std::string_view last, const Visit& visit) const override;
  std::uint64_t count(Table table) const override;
  void put(Table table, std::string_view key, std::string_view value) override;
  void append(Table table, std::string_view key, std::string_view value) override;
  bool erase(Table table, std::string_view key) override;

 private:
  WriteTxn& inner_;
  std::string prefix_;
};

}  // namespace titip
