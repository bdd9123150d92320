#pragma once

// The one receiver: decides what of a batch is new, in order and unbroken. It holds where the
// stream is durably and where it will be once what it has handed on is stored. A stream is an
// agent's lane, a hub's journal or a feed of changes; a feed has positions with gaps and no chain.

#include <vector>

#include "core/batch_codec.hh"
#include "core/link_messages.hh"
#include "core/types.hh"

namespace titip {

class Receiver {
 public:
  enum class Verdict {
    store,        // `events` extend the stream exactly
    held,         // everything in it is already here: acknowledge again
    gap,          // begins beyond what is here: answer with our position
    fork,         // contradicts the history that is here
    undecodable,  // not the events that its hash names
  };
  struct Decision {
    Verdict verdict = Verdict::gap;
    Seq from = 0;  // the position that `events` follow
    Hash before;   // chain hash there
    std::vector<BatchEvent> events;
    std::vector<Hash> hashes;  // chain hash after each; of changes, which have no chain, none
  };

  // `durable` is what the store holds.
  Receiver(StreamName stream, const Head& durable);

  const StreamName& stream() const { return stream_; }
  const Head& durable() const { return durable_; }
  const Head& expected() const { return expected_; }

  // After `store`, the events count as expected: the next batch may follow before the commit.
  Decision take(const BatchMessage& batch);

  void stored(const Head& durable);  // a commit has moved the stream
  void not_stored();                 // a commit failed: expect again what follows `durable`

 private:
  bool chained() const { return stream_.kind != StreamKind::hub_changes; }
  Decision take_changes(const BatchMessage& batch, std::vector<BatchEvent> changes);

  StreamName stream_;
  Head durable_;
  Head expected_;
};

}  // namespace titip
