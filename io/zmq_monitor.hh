#pragma once

#include <cstdint>
#include <optional>

#include "io/zmq_socket.hh"

namespace titip {

// What ZeroMQ's own threads report of one socket's connections, in order. Dies before that socket.
class ZmqMonitor {
 public:
  struct Event {
    int kind = 0;             // ZMQ_EVENT_…
    std::uint32_t value = 0;  // a descriptor or an error number, by kind
  };

  ZmqMonitor(void* socket, int kinds);
  ZmqMonitor(const ZmqMonitor&) = delete;
  ZmqMonitor& operator=(const ZmqMonitor&) = delete;
  ~ZmqMonitor();

  std::optional<Event> next();  // nullopt: nothing waits
  void* socket() const { return reports_.get(); }

 private:
  void* watched_;
  ZmqSocket reports_;
};

}  // namespace titip
