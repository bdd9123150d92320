#include "io/os_error.hh"

#include <lmdb.h>
#include <zmq.h>

#include <system_error>
#include <utility>

namespace titip {

namespace {

// The C library, LMDB and ZeroMQ number their errors in ranges that do not meet.
std::string error_text(int number) {
  if (number < 0) return mdb_strerror(number);
  if (number > ZMQ_HAUSNUMERO) return zmq_strerror(number);
  return std::system_category().message(number);
}

}  // namespace

OsError::OsError(std::string call, std::string subject, int error_number)
    : std::runtime_error(call + " " + subject + ": " + error_text(error_number)),
      call_(std::move(call)),
      subject_(std::move(subject)),
      error_number_(error_number) {}

}  // namespace titip
