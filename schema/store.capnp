@0xa8e0c32985dcb411;
# What nodes keep in LMDB, as the values of the tables that core/kv.hh names. Keys are documented there.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("titip::schema");
using Event = import "event.capnp";
using Link = import "link.capnp";

struct AgentEntry {
  # journal: (lane, seq) → one event of this agent.
  event @0 :Data;               # canonical event
  hashLow @1 :UInt64;           # chain hash after it
  hashHigh @2 :UInt64;
  born @3 :Event.EventId;       # null: born here
  flags @4 :UInt32;             # EntryFlag bits
}

struct HubEntry {
  # journal: offset → one event as the hub first appended it; the ordering facts are frozen.
  event @0 :Data;               # empty and not in quarantine: with this entry the event `born`, which
                                # was, is applied
  origin @1 :UInt64;            # node that sent it; 0: the hub itself
  born @2 :Event.EventId;
  receivedAt @3 :Int64;         # hub time, ms
  correctedTime @4 :Int64;      # ms; orders concurrent writes
  hashLow @5 :UInt64;           # chain hash of the hub's journal after this entry
  hashHigh @6 :UInt64;
  rank @7 :UInt8;               # of the author's facility: Posyandu 1 … district 4
  confidence @8 :Confidence;
  quarantined @9 :Bool;         # stored in place but not applied
  facility @10 :Text;
  epoch @11 :UInt64;            # of the hub, when it appended this entry
  carrier @12 :UInt64;          # incarnation whose lane brought it, if not the one that it was born in
  carrierHashLow @13 :UInt64;   # that lane's chain hash after it
  carrierHashHigh @14 :UInt64;
  former @15 :List(Link.Position);  # where it stood in histories that this hub has lost. With an empty
                                # event: nothing but these is new about the event `born`
  forged @16 :Bool;             # in quarantine for good: sent under another node's name
}

enum Confidence {
  anchored @0;                  # in one boot with a session: hub time less elapsed device time
  wall @1;                      # the device's own clock
  clamped @2;                   # that clock was outside what is possible
}

struct Write {
  # One event's part in a record. Most stand in a frontier; core/record_frontier.hh says which others stay.
  id @0 :Event.EventId;
  placements @1 :List(Link.Position);  # hub positions it was appended at, newest first; empty: not at a hub yet
  basis @2 :Link.Position;
  seen @3 :UInt64;              # position of its own stream that its author had seen
  live @4 :UInt64;              # the fields for which no other write has seen this one
  cleared @5 :UInt64;           # those of its fields that it emptied
  payload @6 :AnyPointer;
  correctedTime @7 :Int64;
  confidence @8 :Confidence;
  rank @9 :UInt8;
  op @10 :Event.Op;
  aliveLive @11 :Bool;          # whether it stands in the frontier of the built-in field `alive`; of link
                                # and unlink: of `same`
  origin @12 :UInt64;           # node
  by @13 :Text;
  facility @14 :Text;
  at @15 :Int64;                # as its author wrote it, ms
  zoneMinutes @16 :Int16;
  superseded @17 :UInt64;       # its fields in whose frontier it no longer stands
  settles @18 :List(Event.EventId);  # of resolve; in order
  carrier @19 :UInt64;          # incarnation whose lane brought it, if not the one that it was born in
  other @20 :UInt64;            # of link and unlink: the other record than the one whose state this is
}

struct RecordState {
  # records: (type, id) → the frontier of every field, and the writes that later arrivals are judged by.
  asOf @0 :Link.Position;       # zeros at an agent that has not heard of it from the hub
  writes @1 :List(Write);
  underReview @2 :Bool;
  flags @3 :UInt32;             # RecordFlag bits
  changed @4 :UInt64;           # at a hub and a district: position in the feed of all changes
  wholeUnderReview @5 :Bool;    # at a district from which values are withheld: so are all that are one with
                                # it, as the hub sees them; for what they are in conflict about may be withheld
}

struct Change {
  # A record's latest resolved state as a feed carries it: an item of a batch of the stream hubChanges.
  position @0 :UInt64;          # in the feed
  record @1 :UInt64;
  type @2 :UInt16;
  forget @3 :Bool;              # it concerns the receiver no more: no state follows
  included @4 :UInt64;          # position of the receiver's own stream, in the type's lane, up to which
                                # the state contains it
  state @5 :RecordState;        # every write that the hub keeps of it
}

struct Scope {
  # What a subscriber may have. All lists empty and nothing withheld: everything.
  types @0 :List(UInt16);       # empty: all
  areas @1 :List(Text);         # prefixes; empty: all
  withholdIdentifying @2 :Bool;
}

struct RefEntry {
  # refs: ref → what an earlier event of that ref was; a retry is recognised by `content`.
  record @0 :UInt64;
  type @1 :UInt16;
  lane @2 :Event.Lane;
  seq @3 :UInt64;
  contentLow @4 :UInt64;
  contentHigh @5 :UInt64;
}

struct NodeState {
  # nodes: node → what the hub knows of it.
  publicKey @0 :Data;
  kind @1 :UInt16;
  facility @2 :Text;
  name @3 :Text;
  area @4 :Text;
  enrolledAt @5 :Int64;
  invitationKey @6 :Data;       # public key of the invitation it came by
  revokedAt @7 :Int64;          # 0: not revoked
  streams @8 :List(StreamState);
  lastSeen @9 :Int64;
  reported @10 :List(Link.Head);
  reportedBacklog @11 :UInt64;
  oldestUnsentSeconds @12 :UInt32;
  clockOffsetMs @13 :Int64;     # device wall clock less hub time
  software @14 :Text;
  anchors @15 :List(ClockAnchor);
  bytesSent @16 :UInt64;
  bytesReceived @17 :UInt64;
  scope @18 :Scope;             # of a district
  journalHeld @19 :UInt64;      # a custodian: offset of the hub's journal that it durably holds
  pending @20 :Bool;            # known by its certificate alone; an administrator must confirm it
  told @21 :Link.Position;      # the hub position that it was last told of
  handedBack @22 :UInt64;       # a custodian: the rebuilding, by its name, that it has finished with
}

struct StreamState {
  incarnation @0 :UInt64;
  have @1 :UInt64;
  hashLow @2 :UInt64;
  hashHigh @3 :UInt64;
  lane @4 :Event.Lane;
  safe @5 :UInt64;              # how far a custodian durably holds it
  parent @6 :UInt64;            # incarnation that this one goes on from; 0: none that is known here
  branch @7 :UInt64;            # up to which seq it shares the parent's lane
  base @8 :UInt64;              # after which seq its own lane begins
}

struct ClockAnchor {
  # One session's reading of a device's clocks against the hub's, newest first.
  boot @0 :UInt32;
  uptime @1 :UInt64;
  hubTime @2 :Int64;
  incarnation @3 :UInt64;
  routineSeq @4 :UInt64;        # heads at that moment: later events were saved after it
  urgentSeq @5 :UInt64;
}

struct InvitationState {
  # nodes: invitation's public key → what it admits.
  facility @0 :Text;
  name @1 :Text;
  kind @2 :UInt16;
  area @3 :Text;
  expiresAt @4 :Int64;
  usedBy @5 :Data;              # device public key; empty: unused
  node @6 :UInt64;              # once used
  scope @7 :Scope;              # of a district
}

struct EpochState {
  # epochs: epoch → where it began.
  parent @0 :UInt64;
  firstOffset @1 :UInt64;
  hashLow @2 :UInt64;
  hashHigh @3 :UInt64;
  firstChange @4 :UInt64;       # position in the feed of all changes that it began with
  halfKnown @5 :Bool;           # its line is not known back to where that began
}

struct Quarantined {
  # quarantine: position → why an event stands in the journal without being applied.
  reason @0 :Text;              # stable code
  field @1 :Text;
  since @2 :Int64;
  node @3 :UInt64;
  lane @4 :Event.Lane;
  seq @5 :UInt64;
}

struct Contested {
  # conflicts: (type, id) → a record with a field whose frontier holds different values.
  since @0 :Int64;              # hub time, ms, from which on it has been so
  underReview @1 :Bool;         # open: a person must settle it; else policy has chosen what is shown
  fields @2 :UInt64;            # mask of such fields
  alive @3 :Bool;               # so is whether it was made once, or lives at all
  pairs @4 :Bool;               # so is whether it is one with another
}

struct Alike {
  # identities: a pair of records that may be one.
  since @0 :Int64;              # hub time, ms
  by @1 :UInt64;                # mask of the lists of fields in which they are equal
}
