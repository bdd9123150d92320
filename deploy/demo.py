"""The demo itself; deploy/demo builds what it needs.

A hub and three agents, each behind a relay that is slow and cuts, are fed with invented posyandu days
by `titip-agent put`. At the end everything that was saved must stand at the hub exactly once.
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
EVENTS_ONCE = 1500             # of each facility
EVENTS_LONG = 100_000          # far more than anyone watches
BAD_PERMILLE = 10              # lines that must be refused
SLICE_LINES = (10, 80)         # of one `put`
PAUSE_SECONDS = (0.2, 1.2)     # between two of them
SETTLE_SECONDS = 300           # for the last events to arrive


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
                "Waiting": status["saved"] - status["durableAtHub"], "Refused": self.refused,
                "Cuts": link["outages"], "Sent, bytes": link["up_bytes"]}


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
            parts = [f"{row['Facility']} [{row['Link']}] {row['Durable at hub']}/{row['Saved']}"
                     for row in rows]
            print(f"{elapsed:4.0f} s  durable at the hub / saved: " + ";  ".join(parts), flush=True)


class Demo:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.hub = None
        self.posts = []
        self.stop = threading.Event()
        self.hurry = False

    def ask_to_stop(self, *_):
        self.hurry = self.stop.is_set()
        self.stop.set()

    def prepare(self):
        self.hub = nodes.Hub(self.directory / "hub")
        self.hub.start("info")
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

    def explain(self):
        program = nodes.binary_dir() / "titip-agent"
        hub_program = nodes.binary_dir() / "titip-hub"
        print("A Puskesmas and three posts, seed "
              f"{self.options.seed}. The link of each is slow (64 kbit/s up) and cut now and then.")
        print("Look from another terminal:")
        for post in self.posts:
            print(f"  {program} status --data {post.agent.data}")
        print(f"  {hub_program} nodes --data {self.hub.data}")
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
        for feeder in feeders:
            feeder.start()
        deadline = None
        while True:
            rows = [post.row() for post in self.posts]
            screen.show(rows, "Ending once everything has arrived; Ctrl-C again ends it now."
                        if self.stop.is_set() else "")
            fed = not any(feeder.is_alive() for feeder in feeders)
            if fed and deadline is None:
                deadline = time.monotonic() + SETTLE_SECONDS
            if fed and not any(row["Waiting"] for row in rows):
                break
            if self.hurry or (deadline and time.monotonic() > deadline):
                break
            time.sleep(0.5)
        for feeder in feeders:
            feeder.join()
        return self.judge()

    def judge(self):
        """The final table, and whether all is well."""
        held = collections.Counter()
        for event in self.hub.events():
            if event["type"] != "Node":
                held[event["facility"], event.get("ref")] += 1
        rows, faults = [], []
        for post in self.posts:
            own = {ref: count for (facility, ref), count in held.items()
                   if facility == post.facility}
            twice = sum(count > 1 for count in own.values())
            missing = len(post.saved - own.keys())
            extra = len(own.keys() - post.saved)
            rows.append({"Facility": post.name, "Saved": len(post.saved),
                         "Durable at the hub": len(own.keys() & post.saved),
                         "Refused": post.refused})
            for count, what in ((missing, "saved but not at the hub"), (twice, "twice at the hub"),
                                (extra, "at the hub but not saved")):
                if count:
                    faults.append(f"{post.name}: {count} events {what}")
            if post.failure:
                faults.append(f"{post.name}: {post.failure}")
        print()
        print("\n".join(as_table(rows)))
        print()
        for fault in faults:
            print("FAULT: " + fault)
        if not faults:
            print("Everything that was saved is durable at the hub, exactly once.")
        return 1 if faults else 0

    def clean_up(self):
        self.stop.set()
        for post in self.posts:
            post.agent.kill()
            post.relay.kill()
        if self.hub:
            self.hub.kill()


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
