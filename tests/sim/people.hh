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
#include "tests/support/seeded.hh"

namespace titip {

class People {
 public:
  explicit People(Seeded& random) : random_(random) {}

  // What somebody at this place does next, in view of what its store holds. `own_seq` counts the
  // events of a lane there.
  EventDraft next(const ReadTxn& store, const std::string& place,
                  const std::function<Seq(Lane)>& own_seq);

  // Every value typed into an identifying field, and every author.
  const std::vector<std::string>& identifying() const { return identifying_; }

 private:
  using Screen = std::map<RecordKey, Version>;

  EventDraft create(const ReadTxn& store, const std::string& place);
  EventDraft change(const ReadTxn& store, const std::string& place, const RecordKey& record,
                    const RecordState& state);
  void resolve(EventDraft& draft, const RecordState& state);
  void fill(EventDraft& draft, const ReadTxn& store, const std::string& place,
            const FieldRules& field);
  FieldValue value_for(const FieldRules& field, const ReadTxn& store, const std::string& place);
  std::string text_for(const FieldRules& field, const std::string& place);
  std::string marked(const std::string& before, const char* marker, std::size_t digits);

  Seeded& random_;
  std::map<std::string, Screen> screens_;
  std::vector<std::string> identifying_;
  std::uint64_t typed_ = 0;
};

}  // namespace titip
