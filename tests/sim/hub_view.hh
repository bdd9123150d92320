#pragma once

// A naive second reading of what the hub holds: whom each record concerns, straight from the text
// of docs/decisions/0011-concern.md, and what each shows. Nothing is remembered between questions
// but what the records say. The store's records must be watched.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/record_state.hh"
#include "core/registry.hh"
#include "tests/sim/cast.hh"
#include "tests/support/memory_kv.hh"

namespace titip {

class HubView {
 public:
  struct Record {
    RecordState state;
    std::set<std::string> homes, areas, addressees, authors;
    std::set<RecordKey> persons;  // that it names
  };

  explicit HubView(std::vector<CastMember> cast) : cast_(std::move(cast)) {}

  void refresh(MemoryStore& hub);
  const std::map<RecordKey, Record>& records() const { return records_; }
  // What whom it concerns is decided by, for whoever looks into a fault.
  std::string reasons(const RecordKey& key, bool of_subject = false) const;
  bool concerns(const CastMember& reader, const RecordKey& key) const;

 private:
  bool concerns_agent(const CastMember& agent, const RecordKey& key, const Record& record) const;
  // The facilities of its homes, and its authors' where no home has a device.
  std::set<std::string> carers(const Record& record) const;
  bool in_scope(const CastMember& district, const RecordKey& key, const Record& record) const;
  std::set<std::string> places_of(const Record& record) const;

  std::vector<CastMember> cast_;
  std::set<std::string> enrolled_;  // names
  std::map<RecordKey, Record> records_;
};

// What a person sees of a record, and which writes stand behind it, without the fields of `hidden`.
std::string picture_of(const RecordState& state, const RecordType& type, FieldMask hidden = 0);

}  // namespace titip
