#pragma once

#include <exception>
#include <utility>

#include "core/refusal.hh"

namespace titip {

// A Refusal on its way up, where a value cannot carry it: from constructors and opening functions.
class RefusalError : public std::exception {
 public:
  explicit RefusalError(Refusal refusal)
      : refusal_(std::move(refusal)), what_(code_name(refusal_.code)) {}

  const Refusal& refusal() const { return refusal_; }
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  Refusal refusal_;
  std::string what_;
};

}  // namespace titip
