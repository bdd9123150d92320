#pragma once

// What people type: drafts that a form could make, about records that they can see, some of it
// about what was on their screen a while ago.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/event.hh"
#include "core/kv.hh"
#include "core/record_state.hh"
#include "tests/sim/ledger.hh"
#include "tests/support/seeded.hh"

namespace titip {

class People {
 public:
  explicit People(Seeded& random) : random_(random) {}

  // Where somebody works.
  struct Place {
    std::string node;
    std::string facility;
    std::function<Seq(Lane)> own_seq;  // counts the events of a lane there
  };
  // What somebody there does next, in view of what the place's store holds.
  struct Typed {
    EventDraft draft;
    Sight sight;  // what its author had on their screen
  };
  Typed next(const ReadTxn& store, const Place& place);
  // A restored device has none of its pages open.
  void close_pages(const std::string& node) { screens_.erase(node); }

  // Every value typed into an identifying field, and every author.
  const std::vector<std::string>& identifying() const { return identifying_; }

 private:
  using Records = std::vector<std::pair<RecordKey, const RecordState*>>;
  struct Known {  // a record as it was last read at a place
    std::string bytes;
    RecordState state;
  };
  struct Page {
    Version version;
    Sight sight;
  };
  using Screen = std::map<RecordKey, Page>;

  EventDraft create(const ReadTxn& store, const Place& place);
  EventDraft change(const ReadTxn& store, const Place& place, const RecordKey& record,
                    const RecordState& state);
  Records records_of(const ReadTxn& store, const Place& place);
  std::size_t choose(const Records& records);
  void resolve(EventDraft& draft, const RecordState& state);
  void fill(EventDraft& draft, const ReadTxn& store, const Place& place, const FieldRules& field);
  FieldValue value_for(const FieldRules& field, const ReadTxn& store, const Place& place);
  std::string text_for(const FieldRules& field, const Place& place);
  std::string marked(const std::string& before, const char* marker, std::size_t digits);

  Seeded& random_;
  std::map<std::string, Screen> screens_;
  std::map<std::string, std::map<std::string, Known, std::less<>>> known_;  // by node, then key
  std::vector<RecordKey> talked_of_;  // wherever people work, they work on the same few
  std::vector<std::string> identifying_;
  std::uint64_t typed_ = 0;
};

}  // namespace titip
