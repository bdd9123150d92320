#pragma once

#include <stdexcept>
#include <string>

namespace titip {

// The one exception for what the operating system or a library refuses; names the call that failed.
class OsError : public std::runtime_error {
 public:
  // e.g. OsError("open", "/var/lib/titip/data.mdb", EACCES)
  OsError(std::string call, std::string subject, int error_number);
  const std::string& call() const { return call_; }
  const std::string& subject() const { return subject_; }
  int error_number() const { return error_number_; }

 private:
  std::string call_;
  std::string subject_;
  int error_number_;
};

}  // namespace titip
