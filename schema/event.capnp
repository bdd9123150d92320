@0xc80232ec5e568fea;
# An event: an immutable fact "this author set these fields of this record", made once, at one node.
#
# What is stored, hashed and compared is an event's canonical Cap'n Proto form (one segment, no segment
# table), unknown fields included; see core/event.hh. Origin, incarnation, lane and seq are the stream's.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("titip::schema");

enum Op {
  new @0;      # makes the record
  set @1;
  retract @2;
  link @3;     # this person and `other` are one
  unlink @4;   # they are two
  resolve @5;  # a person has settled a conflict: removes exactly the writes named in `settles`
}

enum Lane {
  routine @0;
  urgent @1;
}

struct EventId {
  # An event's name for ever: where it was born. Two events at one position with different hashes are a fork.
  incarnation @0 :UInt64;
  seq @1 :UInt64;
  hashLow @2 :UInt64;   # the 16 bytes of the chain hash at birth, each half little-endian
  hashHigh @3 :UInt64;
  lane @4 :Lane;
}

struct Event {
  record @0 :UInt64;
  type @1 :UInt16;           # number of the record type
  op @2 :Op;
  zoneMinutes @3 :Int16;     # the author's offset from UTC, as written or the facility's
  saved @4 :Int64;           # device wall time at the commit, ms since 1970
  at @5 :Int64;              # when the author made it, ms since 1970; equal to `saved` if not said
  uptime @6 :UInt64;         # device time since its boot at the commit, ms
  boot @7 :UInt32;           # names the boot of the device that `uptime` counts from
  setFields @8 :UInt64;      # mask by Field::getIndex() of the fields set in `payload`
  clearedFields @9 :UInt64;  # mask of the fields emptied
  by @10 :Text;              # the author
  ref @11 :Text;             # the author's application's own name for this event
  payload @12 :AnyPointer;   # a struct of the record type

  # The basis: what the author had seen. Zeros: nothing of this record from the hub.
  basisEpoch @13 :UInt64;
  basisOffset @14 :UInt64;
  seen @15 :UInt64;          # position of its own stream that the author's view included
  other @16 :UInt64;         # of link and unlink: the other record
  settles @17 :List(EventId);
  note @18 :Text;            # why, in the author's words; above all of resolve
}
