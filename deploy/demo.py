"""The demo itself; deploy/demo builds what it needs.

A hub and three agents, each behind a relay that is slow and cuts, are fed with invented posyandu days
by `titip-agent put`; the Puskesmas answers each referral with `titip-hub put`, and a district subscribes
over such a link. At the end everything that was saved must stand at the hub and at the district exactly
once, and each answer at the post that had asked.
"""

import argparse
import collections
import dataclasses
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "tools"))

import nodes  # noqa: E402  (its place is known only now)

FACILITIES = [
    ("K9404011", "Posyandu Melati", "posyandu"),
    ("K9404012", "Posyandu Kenanga", "posyandu"),
    ("K9404013", "Pustu Nawaripi", "pustu"),
]
LINK = ["--delay-ms", 150, "--up-kbit", 64, "--down-kbit", 128, "--on-seconds", 10,
        "--off-seconds", 5, "--cut", "mixed"]
DISTRICT_LINK = ["--delay-ms", 50, "--up-kbit", 1000, "--down-kbit", 2000, "--on-seconds", 20,
                 "--off-seconds", 5, "--cut", "mixed"]
EVENTS_ONCE = 1500             # of each facility
EVENTS_LONG = 100_000          # far more than anyone watches
BAD_PERMILLE = 10              # lines that must be refused
SLICE_LINES = (10, 80)         # of one `put`
PAUSE_SECONDS = (0.2, 1.2)     # between two of them
SETTLE_SECONDS = 300           # for the last events to arrive
ANSWER_SECONDS = 2             # between two looks of the Puskesmas's staff at new referrals
ANSWER = "Sudah diperiksa; lanjutkan pemantauan setiap bulan."


@dataclasses.dataclass
class Post:
    """One facility: its agent, the link it has, and what was put so far."""
    name: str
    facility: str
    agent: nodes.Agent
    relay: nodes.Relay
    lines: list
    saved: set = dataclasses.field(default_factory=set)      # refs
    refused: int = 0
    put: int = 0
    failure: str = ""
    answered: set = dataclasses.field(default_factory=set)   # ids of referrals

    def feed(self, seed, stop):
        chance = random.Random(seed)
        try:
            while self.put < len(self.lines) and not stop.is_set():
                part = self.lines[self.put:self.put + chance.randint(*SLICE_LINES)]
                done, results = self.agent.put(part)
                if done.returncode not in (0, 1) or len(results) != len(part):
                    raise AssertionError(done.stderr.decode(errors="replace").strip())
                self.saved.update(result["ref"] for result in results if "id" in result)
                self.refused += sum("code" in result for result in results)
                self.put += len(part)
                stop.wait(chance.uniform(*PAUSE_SECONDS))
        except (AssertionError, OSError, ValueError, subprocess.SubprocessError) as failure:
            self.failure = str(failure) or type(failure).__name__

    def row(self):
        status = self.agent.status()
        link = self.relay.say("stats")
        return {"Facility": self.name, "Link": "on" if link["up"] else "CUT",
                "Saved": status["saved"], "Durable at hub": status["durableAtHub"],
                "At the district": status["durableAtDistrict"],
                "Sent back down": status["receivedFromHub"],
                "Waiting": status["saved"] - status["durableAtHub"], "Refused": self.refused,
                "Cuts": link["outages"], "Sent, bytes": link["up_bytes"]}

    def has_all_answers(self):
        return self.answered <= {record["id"] for record in self.agent.records("Referral")
                                 if record["set"].get("answer") == ANSWER}


class Staff:
    """The Puskesmas answers what is referred to it."""

    def __init__(self, hub, posts):
        self.hub, self.posts = hub, {post.facility: post for post in posts}
        self.seen = 0
        self.failure = ""

    def answer_new(self):
        events = self.hub.events("--after", str(self.seen))
        self.seen += len(events)
        asked = [event for event in events
                 if event["type"] == "Referral" and event["op"] == "new"]
        if not asked:
            return
        lines = [json.dumps({"type": "Referral", "id": event["id"], "by": "dr-01",
                             "ref": "answer-" + event["ref"],
                             "set": {"status": "answered", "answer": ANSWER}}) for event in asked]
        done, _ = self.hub.put(lines)
        if done.returncode != 0:
            raise AssertionError(done.stderr.decode(errors="replace").strip() or "answer refused")
        for event in asked:
            self.posts[event["facility"]].answered.add(event["id"])

    def work(self, stop):
        try:
            while not stop.wait(ANSWER_SECONDS):
                self.answer_new()
        except (AssertionError, OSError, ValueError, subprocess.SubprocessError) as failure:
            self.failure = str(failure) or type(failure).__name__


def as_table(rows):
    columns = list(rows[0])
    widths = {c: max(len(c), *(len(str(row[c])) for row in rows)) for c in columns}

    def line(cells):
        return "  ".join(str(cell).ljust(widths[c]) if isinstance(cell, str) and c == "Facility"
                         else str(cell).rjust(widths[c]) for c, cell in cells.items())

    rule = "  ".join("-" * widths[c] for c in columns)
    return [line({c: c for c in columns}), rule, *(line(row) for row in rows)]


class Screen:
    """The table in place on a terminal; elsewhere a line now and then."""

    LINE_SECONDS = 5

    def __init__(self):
        self.terminal = sys.stdout.isatty()
        self.began = time.monotonic()
        self.drawn = 0
        self.said_at = -self.LINE_SECONDS

    def show(self, rows, note):
        elapsed = time.monotonic() - self.began
        if self.terminal:
            lines = [f"{elapsed:4.0f} s  {note}", *as_table(rows)]
            back = f"\x1b[{self.drawn}A" if self.drawn else ""
            print(back + "".join(f"\x1b[2K{line}\n" for line in lines), end="", flush=True)
            self.drawn = len(lines)
        elif elapsed - self.said_at >= self.LINE_SECONDS:
            self.said_at = elapsed
            parts = [f"{row['Facility']} [{row['Link']}] {row['Saved']} {row['Durable at hub']} "
                     f"{row['At the district']} {row['Sent back down']}" for row in rows]
            print(f"{elapsed:4.0f} s  saved, durable at the hub, at the district, sent back down: "
                  + ";  ".join(parts), flush=True)


class Demo:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.hub = None
        self.district = None
        self.district_relay = None
        self.posts = []
        self.staff = None
        self.stop = threading.Event()
        self.hurry = False

    def ask_to_stop(self, *_):
        self.hurry = self.stop.is_set()
        self.stop.set()

    def prepare(self):
        self.hub = nodes.Hub(self.directory / "hub")
        self.hub.start("info")
        self.district = nodes.District(self.directory / "district")
        self.district_relay = nodes.Relay(self.hub.endpoint, self.directory / "district.relay",
                                          *DISTRICT_LINK, "--seed", self.options.seed)
        done = self.district.join(self.hub.invite("D9404000", "Dinkes Mimika", "district",
                                                  public=f"tcp://{self.district_relay.address}"))
        if done.returncode != 0:
            raise AssertionError(done.stderr.decode(errors="replace"))
        self.district.start("info")
        events = EVENTS_ONCE if self.options.once else EVENTS_LONG
        for number, (facility, name, kind) in enumerate(FACILITIES):
            agent = nodes.Agent(self.directory / facility)
            done = agent.join(self.hub.invite(facility, name, kind))
            if done.returncode != 0:
                raise AssertionError(done.stderr.decode(errors="replace"))
            seed = self.options.seed + number
            relay = nodes.Relay(self.hub.endpoint, self.directory / f"{facility}.relay", *LINK,
                                "--seed", seed)
            lines = nodes.generate(facility, seed, events, BAD_PERMILLE)
            self.posts.append(Post(name, facility, agent, relay, lines))
            agent.through(relay.address).start("info")
        self.staff = Staff(self.hub, self.posts)

    def explain(self):
        program = nodes.binary_dir() / "titip-agent"
        hub_program = nodes.binary_dir() / "titip-hub"
        district_program = nodes.binary_dir() / "titip-district"
        print(f"A Puskesmas, three posts and a district, seed {self.options.seed}. The link of each "
              "post is slow (64 kbit/s up) and cut now and then.")
        print("Look from another terminal:")
        for post in self.posts:
            print(f"  {program} status --data {post.agent.data}")
        print(f"  {hub_program} nodes --data {self.hub.data}")
        print(f"  {district_program} status --data {self.district.data}")
        print(f"  curl {self.hub.http}/v1/status")
        print(f"Logs: {self.directory}/*.log")
        if not self.options.once:
            print("Ctrl-C ends it, once everything has arrived.")
        print(flush=True)

    def run(self):
        self.prepare()
        self.explain()
        screen = Screen()
        feeders = [threading.Thread(target=post.feed, args=(self.options.seed + number, self.stop))
                   for number, post in enumerate(self.posts)]
        closed = threading.Event()
        staff = threading.Thread(target=self.staff.work, args=(closed,))
        for worker in (*feeders, staff):
            worker.start()
        deadline = None
        while True:
            rows = [post.row() for post in self.posts]
            screen.show(rows, "Ending once everything has arrived; Ctrl-C again ends it now."
                        if self.stop.is_set() else "")
            fed = not any(feeder.is_alive() for feeder in feeders)
            if fed and deadline is None:
                deadline = time.monotonic() + SETTLE_SECONDS
            if fed and all(row["At the district"] == row["Saved"] for row in rows):
                break
            if self.hurry or (deadline and time.monotonic() > deadline):
                break
            time.sleep(0.5)
        closed.set()
        for worker in (*feeders, staff):
            worker.join()
        if not self.hurry and not self.staff.failure:
            self.settle(deadline)
        return self.judge()

    def settle(self, deadline):
        """The last answers go down, and out to the district."""
        self.staff.answer_new()
        while time.monotonic() < deadline and not self.hurry:
            held = self.district.status()["hubs"][0]["offset"] == self.hub.status()["offset"]
            if held and all(post.has_all_answers() for post in self.posts):
                return
            time.sleep(0.5)

    def judge(self):
        """The final table, and whether all is well."""
        places = (("the hub", self.hub.events()), ("the district", self.district.tail()))
        rows = [{"Facility": post.name, "Saved": len(post.saved)} for post in self.posts]
        faults = [f"Puskesmas: {self.staff.failure}"] if self.staff.failure else []
        for place, events in places:
            held = collections.Counter((event["facility"], event.get("ref")) for event in events
                                       if event["type"] != "Node")
            for row, post in zip(rows, self.posts):
                own = {ref: count for (facility, ref), count in held.items()
                       if facility == post.facility}
                row["At " + place] = len(own.keys() & post.saved)
                for count, what in ((len(post.saved - own.keys()), "saved but not at"),
                                    (sum(count > 1 for count in own.values()), "twice at"),
                                    (len(own.keys() - post.saved), "not saved but at")):
                    if count:
                        faults.append(f"{post.name}: {count} events {what} {place}")
        for row, post in zip(rows, self.posts):
            row["Sent back down"] = post.agent.status()["receivedFromHub"]
            row["Referrals answered"] = len(post.answered)
            row["Refused"] = post.refused
            if not post.has_all_answers():
                faults.append(f"{post.name}: an answer has not come back")
            if post.failure:
                faults.append(f"{post.name}: {post.failure}")
        print()
        print("\n".join(as_table(rows)))
        print()
        for fault in faults:
            print("FAULT: " + fault)
        if not faults:
            print("Everything that was saved is durable at the hub and at the district, exactly once, "
                  "and each answer is at the post that had asked.")
        return 1 if faults else 0

    def clean_up(self):
        self.stop.set()
        for post in self.posts:
            post.agent.kill()
            post.relay.kill()
        for one in (self.district, self.district_relay, self.hub):
            if one:
                one.kill()


def main():
    parser = argparse.ArgumentParser(prog="deploy/demo", description="A hub and three health posts "
                                     "on this machine, with a bad network between them.")
    parser.add_argument("--once", action="store_true",
                        help="end when all has arrived; fail if something has not")
    parser.add_argument("--seed", type=int, default=2024, help="of events and cuts")
    parser.add_argument("--keep", action="store_true", help="keep the directory and its logs")
    options = parser.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="titip-demo-"))
    demo = Demo(options, directory)
    signal.signal(signal.SIGINT, demo.ask_to_stop)
    signal.signal(signal.SIGTERM, demo.ask_to_stop)
    try:
        return demo.run()
    except (AssertionError, json.JSONDecodeError, OSError) as failure:
        print(f"The demo failed: {failure}", file=sys.stderr)
        return 1
    finally:
        demo.clean_up()
        if options.keep:
            print(f"Kept: {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
