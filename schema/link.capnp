@0x9f7637aeb192cfac;
# What two nodes say to each other: one Frame to a ZeroMQ message, or many in a courier bundle.
# docs/protocol.md tells the conversation; limits are in core/limits.hh.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("titip::schema");
using Event = import "event.capnp";

struct Frame {
  union {
    hello @0 :Hello;
    welcome @1 :Welcome;
    batch @2 :Batch;
    ack @3 :Ack;
    refuse @4 :Refuse;
    enrol @5 :Enrol;
    enrolled @6 :Enrolled;
    ask @7 :Ask;
  }
}

struct Position {
  epoch @0 :UInt64;
  offset @1 :UInt64;
}

struct Head {
  # The last position of a stream and its chain hash there.
  seq @0 :UInt64;
  hashLow @1 :UInt64;
  hashHigh @2 :UInt64;
  lane @3 :Event.Lane;
}

struct Hello {
  protocolMin @0 :UInt16;
  protocolMax @1 :UInt16;
  software @2 :Text;
  schemaFingerprint @3 :UInt64;
  nonce @4 :UInt64;             # of this session; grows by a random step with each Hello of a store
  incarnation @5 :UInt64;
  parentIncarnation @6 :UInt64; # of a restored or cloned store: the life it goes on from; 0: none
  branches @7 :List(Head);      # where the parent's lanes were left: seq and the parent's hash there.
                                # Absent parent: only the seq, where this life's own lanes begin
  heads @8 :List(Head);         # of the agent's lanes now
  hubHighest @9 :Position;      # the highest hub position ever acknowledged to this node
  holds @10 :List(Held);        # what it receives, and how far
  clock @11 :DeviceClock;
  status @12 :DeviceStatus;
  first @13 :Batch;             # spares a round trip; applies only if it extends the stream exactly
  since @14 :UInt64;            # nonce of this store's last session that was welcomed; 0: none
  proof @15 :Proof;             # for a hub that does not know this node, or not what it holds
}

struct Proof {
  certificate @0 :Data;         # as the hub once gave it, with its signature; empty: not asked for
  signature @1 :Data;
  epochs @2 :List(EpochEntry);  # of a custodian: the line of the journal that it holds, newest first
  asides @3 :List(HeldAside);   # of a custodian: what it holds beside that line
}

struct HeldAside {
  # What was once given back to a hub that may be another than the one which is greeted.
  tip @0 :Position;       # the last entry, where it stood first
  handedIn @1 :UInt64;    # the epoch in which a hub took it
  taken @2 :Position;     # by which position it stands in that hub's line; offset 0: not known
}

struct Ask {
  # Records whose state here came from a history that the hub has lost: the hub sends each as it stands.
  records @0 :List(AskedRecord);
}

struct AskedRecord {
  type @0 :UInt16;
  id @1 :UInt64;
}

struct DeviceClock {
  wall @0 :Int64;    # ms since 1970
  uptime @1 :UInt64; # ms since the boot named `boot`
  boot @2 :UInt32;
}

struct DeviceStatus {
  backlogEvents @0 :UInt64;
  oldestUnsentSeconds @1 :UInt32;
  bytesSent @2 :UInt64;         # since installation
  bytesReceived @3 :UInt64;
  freeDiskBytes @4 :UInt64;
  batteryPercent @5 :UInt8;     # 255: unknown
}

struct Held {
  stream @0 :Stream;
  position @1 :Position;
  hashLow @2 :UInt64;
  hashHigh @3 :UInt64;
}

struct Stream {
  kind @0 :StreamKind;
  lane @1 :Event.Lane;          # of an agent's journal
  name @2 :UInt64;              # incarnation of an agent's journal, epoch of a hub's journal or changes
}

enum StreamKind {
  agentJournal @0;
  hubJournal @1;
  hubChanges @2;
}

struct EpochEntry {
  epoch @0 :UInt64;
  parent @1 :UInt64;      # 0: none
  firstOffset @2 :UInt64;
  hashLow @3 :UInt64;     # chain hash before firstOffset
  hashHigh @4 :UInt64;
  firstChange @5 :UInt64; # position of its feeds that it began with; 0: not known
}

struct Welcome {
  protocol @0 :UInt16;
  boot @1 :UInt64;              # random name of this run of the hub
  nonce @2 :UInt64;             # of the Hello it answers
  epochs @3 :List(EpochEntry);  # the current line, newest first
  have @4 :List(Head);          # what the hub durably holds of each lane
  hubTime @5 :Int64;            # ms since 1970
  position @6 :Position;        # the hub's journal now
  safe @7 :List(Head);          # what a custodian durably holds of each lane
  outcomes @8 :List(Outcome);
  software @9 :Text;
  sends @10 :List(Held);        # the streams that the hub sends to this node, and after which position
  rebuilding @11 :Bool;         # the hub lost some of its journal and gathers it again: nothing is sent down
  backedUp @12 :List(Head);     # what a verified backup on another machine holds of each lane
  takesBack @13 :Bool;          # to a custodian whose journal this hub cannot extend: hand it back
}

struct Batch {
  stream @0 :Stream;
  from @1 :UInt64;              # exclusive
  to @2 :UInt64;                # inclusive
  beforeLow @3 :UInt64;         # chain hash at `from`
  beforeHigh @4 :UInt64;
  afterLow @5 :UInt64;          # chain hash at `to`
  afterHigh @6 :UInt64;
  body @7 :Data;                # core/batch_codec.hh
}

struct Outcome {
  seq @0 :UInt64;
  lane @1 :Event.Lane;
  reason @2 :Text;              # stable code of core/refusal.hh; empty: applied after all
}

struct Ack {
  stream @0 :Stream;
  position @1 :UInt64;          # durably held
  hashLow @2 :UInt64;
  hashHigh @3 :UInt64;
  quarantined @4 :List(Outcome);
  safe @5 :UInt64;              # how far a custodian holds this stream
  marksOnly @6 :Bool;           # answers no batch: only `safe` has moved
}

enum RefuseReason {
  notEnrolled @0;
  revoked @1;
  forked @2;
  incompatible @3;
  busy @4;
  undecodable @5;
}

struct Refuse {
  reason @0 :RefuseReason;
  retryAfterMs @1 :UInt32;
  stream @2 :Stream;            # of undecodable
  from @3 :UInt64;
  to @4 :UInt64;
  nonce @5 :UInt64;             # of the Hello it answers, else 0
}

struct Enrol {
  # Sent under the invitation's key: the only thing that key may say.
  protocolMin @0 :UInt16;
  protocolMax @1 :UInt16;
  devicePublicKey @2 :Data;     # CURVE, 32 bytes
  incarnation @3 :UInt64;
  software @4 :Text;
  node @5 :UInt64;              # which it was at a hub that is gone; 0: none
}

struct Enrolled {
  certificate @0 :Data;         # a canonical Certificate
  signature @1 :Data;           # Ed25519 of the hub over it, 64 bytes
}

struct Certificate {
  node @0 :UInt64;
  kind @1 :UInt16;              # ordinal of terms.capnp's FacilityKind
  zoneMinutes @2 :Int16;        # of the hub's facility
  issued @3 :Int64;             # ms since 1970
  devicePublicKey @4 :Data;
  facility @5 :Text;
  name @6 :Text;
  area @7 :Text;
  hubFacility @8 :Text;
  hubName @9 :Text;
  zone @10 :Text;               # IANA name
  types @11 :List(UInt16);      # of a district: its scope, see Scope of store.capnp
  areas @12 :List(Text);
  withholdIdentifying @13 :Bool;
}
