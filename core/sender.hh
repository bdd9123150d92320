#pragma once

// The one sender: replicates a stream to a peer from where the peer says it durably is. It decides
// what to send and how much at once; it neither reads a store nor sends. Used by agents and hubs
// alike, over ZeroMQ and into courier bundles.

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/batch_codec.hh"
#include "core/link_messages.hh"
#include "core/types.hh"

namespace titip {

// What of a stream follows a position: events, entries of a hub's journal or changes.
struct StreamItems {
  std::vector<BatchEvent> items;
  Seq to = 0;  // the position of the last; a feed of changes has gaps
};

// A stream as its sender reads it, in one snapshot.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  virtual Head head() const = 0;
  // The head's position alone. It is asked at every turn of a link, most of which send nothing.
  virtual Seq last() const { return head().seq; }
  // Chain hash after `seq`; nullopt when that position is not (or no longer) held. seq 0 is the
  // start. A feed of changes has no chain: all its hashes are Hash{}.
  virtual std::optional<Hash> hash_at(Seq seq) const = 0;
  // What follows `from`, which is below the head: at most `count` items, and no more than
  // `raw_bytes` together, but at least one, unless all up to `to` is withheld from this receiver.
  virtual StreamItems read(Seq from, std::size_t count, std::size_t raw_bytes) const = 0;
};

class Sender {
 public:
  explicit Sender(StreamName stream);

  const StreamName& stream() const { return stream_; }

  // The peer's answer: it durably holds the stream up to `position`. The only thing that moves the
  // position from which the sender goes on; an answer below what was sent before makes it send
  // again.
  void peer_holds(Seq position, TimeMs now);
  // The peer could not decode (from, to]: halve, down to one event, and code plainly. False: it was
  // one event coded plainly already, and nothing more can be done here.
  bool undecodable(Seq from, Seq to);
  // What is in flight was never put on the wire: it is sent again.
  void unsent();

  // The next batch to send now, or nothing: all sent, or enough is in flight. Call until nothing.
  std::optional<BatchMessage> next(const StreamSource& source, TimeMs now);
  // The batch to put into a Hello, before the peer has said anything: from the position it last
  // held.
  std::optional<BatchMessage> first(const StreamSource& source, Seq last_known, TimeMs now);

  Seq acknowledged() const { return acknowledged_; }
  bool waiting() const { return !in_flight_.empty(); }
  std::size_t in_flight_bytes() const { return in_flight_bytes_; }
  // When the oldest batch in flight counts as lost with its link; nullopt: nothing in flight.
  std::optional<TimeMs> stalls_at() const;

 private:
  struct InFlight {
    Seq to = 0;
    std::size_t items = 0;
    std::size_t bytes = 0;
    TimeMs sent_at = 0;
    std::uint64_t delivered_before = 0;  // bytes acknowledged when it was sent
  };

  void go_back_to(Seq position);
  std::optional<BatchMessage> make(const StreamSource& source, Seq from, TimeMs now);
  Effort effort_for(Seq from) const;
  void measure(const InFlight& batch, TimeMs now);
  std::size_t batch_bytes() const;   // wanted size of the next body
  std::size_t window_bytes() const;  // allowed in flight

  StreamName stream_;
  bool peer_known_ = false;
  Seq acknowledged_ = 0;
  Seq sent_ = 0;
  Seq halve_until_ = 0;  // up to here, plain batches of at most halved_count_ events
  std::size_t halved_count_ = 0;
  std::deque<InFlight> in_flight_;
  std::size_t in_flight_bytes_ = 0;
  std::size_t abandoned_ = 0;    // batches sent again before they were answered: answers still come
  std::uint64_t delivered_ = 0;  // bytes acknowledged in this session
  double bytes_per_ms_ = 0;      // what the link has been seen to deliver; 0: not measured
  TimeMs round_trip_ms_ = 0;     // the shortest seen; 0: not measured
  double bytes_per_event_ = 0;   // as encoded, lately
  TimeMs last_answer_ = 0;
};

}  // namespace titip
