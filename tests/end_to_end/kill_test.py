#!/usr/bin/env python3
"""Twenty thousand events while district, hub and agents are killed: at all three exactly once, whatever the
moment, and no receipt ahead of the truth meanwhile.

TITIP_SEED chooses the events and the moments; TITIP_EVENTS how many.
"""

import bisect
import contextlib
import json
import os
import random
import signal
import subprocess
import threading
import unittest

from harness import EndToEndTest, nodes, seed

EVENTS = int(os.environ.get("TITIP_EVENTS") or 20000)
HUB_KILLS = 6
AGENT_KILLS = 6
DISTRICT_KILLS = 6
SAMPLE_SECONDS = 0.1
HUB_KILLS_AT_THE_END = 4
PUT_KILLS_PERCENT = 10       # of the slices
SLICE_LINES_MAX = 900


class Progress:
    """Events answered to their authors so far, over all agents, and how far authors may go."""

    def __init__(self):
        self.count = 0
        self.allowed = 0
        self.changed = threading.Condition()
        self.failure = None

    def add(self, count):
        with self.changed:
            self.count += count
            self.changed.notify_all()

    def fail(self, failure):
        with self.changed:
            self.failure = failure
            self.changed.notify_all()

    def wait_for_turn(self):
        with self.changed:
            self.changed.wait_for(lambda: self.failure or self.count < self.allowed)

    def wait_for(self, count, seconds=300):
        """Lets authors begin slices until they have reached `count`, which ends within a slice."""
        with self.changed:
            self.allowed = max(self.allowed, count)
            self.changed.notify_all()
            reached = self.changed.wait_for(lambda: self.failure or self.count >= count, seconds)
            if self.failure:
                raise self.failure
            if not reached:
                raise nodes.Timeout(f"{self.count} of {count} events after {seconds} s")


class Author(threading.Thread):
    """Puts every line at one agent, slice by slice, and repeats a slice that was not wholly answered."""

    def __init__(self, agent, lines, chance, progress):
        super().__init__(daemon=True)
        self.agent, self.lines, self.random, self.progress = agent, lines, chance, progress
        self.saved = {}                 # ref → id
        self.repeats = 0

    def run(self):
        try:
            position = 0
            while position < len(self.lines):
                self.progress.wait_for_turn()
                count = self.random.randrange(1, SLICE_LINES_MAX)
                part = self.lines[position:position + count]
                while not self.put(part):
                    self.repeats += 1
                position += len(part)
        except Exception as failure:    # the main thread reports it
            self.progress.fail(failure)

    def put(self, part):
        """True once each line is answered; a killed agent leaves some unanswered."""
        child = subprocess.Popen(
            [nodes.binary_dir() / "titip-agent", "put", "--data", self.agent.data, "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=nodes.child_environment())
        feeder = threading.Thread(target=self.feed, args=(child.stdin, part), daemon=True)
        feeder.start()
        answered = 0
        killed_after = None
        if self.random.randrange(100) < PUT_KILLS_PERCENT:
            killed_after = self.random.randrange(len(part))
        for line in child.stdout:
            if not line.endswith(b"\n"):
                break                   # killed while it wrote
            result = json.loads(line)
            if "id" not in result:
                raise AssertionError(f"refused: {result['code']} {result.get('field')}")
            new = result["ref"] not in self.saved
            before = self.saved.setdefault(result["ref"], result["id"])
            if before != result["id"]:
                raise AssertionError("a retry gave the same ref another id")
            answered += 1
            self.progress.add(new)
            if answered == killed_after:
                child.kill()
        child.stdout.close()
        said = child.stderr.read().decode(errors="replace")
        child.stderr.close()
        feeder.join()
        code = child.wait()
        if code not in (0, 3, -signal.SIGKILL):
            raise AssertionError(f"put ended with {code}: {said}")
        return code == 0 and answered == len(part)

    @staticmethod
    def feed(stream, part):
        # A `put` that ends early says so itself.
        with contextlib.suppress(BrokenPipeError), stream:
            stream.write("".join(line + "\n" for line in part).encode())


class Witness(threading.Thread):
    """Samples what receipts say, each time before it looks at what they speak of, which only grows."""

    def __init__(self, agents, hub, district):
        super().__init__(daemon=True)
        self.agents, self.hub, self.district = agents, hub, district
        self.samples = []               # (facility, saved, at hub, at district, offset, offset)
        self.ended = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not self.ended.wait(SAMPLE_SECONDS):
                said = [self.status(agent) for agent in self.agents]
                at_hub = self.status(self.hub)["offset"]
                at_district = self.status(self.district)["hubs"][0]["offset"]
                self.samples += [(one["facility"], one["saved"], one["durableAtHub"],
                                  one["durableAtDistrict"], at_hub, at_district) for one in said]
        except Exception as failure:    # the main thread reports it
            self.failure = failure

    @staticmethod
    def status(node):
        """A daemon that is killed in the middle of its answer says nothing; then it is asked again."""
        def answered():
            done = node.run_command("status", "--json")
            if done.returncode == 3 and b"daemon_unreachable" in done.stderr:
                return None
            return json.loads(done.stdout)
        return nodes.wait_until(f"the status of {node.data.name}", answered)

    def finish(self):
        self.ended.set()
        self.join()
        if self.failure:
            raise self.failure
        return self.samples


class KillTest(EndToEndTest):
    def test_WhateverIsKilledEverythingIsAtAllThreeExactlyOnce(self):
        chance = random.Random(seed())
        hub = self.hub().start()
        agents = [self.enrolled(hub, facility).start() for facility in ("K9404001", "K9404002")]
        district = self.district()
        done = district.join(hub.invite("D9404000", "Dinkes Mimika", "district"))
        self.assertEqual(done.returncode, 0, done.stderr)
        district.start()
        witness = Witness(agents, hub, district)
        witness.start()
        progress = Progress()
        authors = [Author(agent, nodes.generate(agent.data.name, chance.randrange(1 << 32),
                                                EVENTS // len(agents)),
                          random.Random(chance.randrange(1 << 32)), progress)
                   for agent in agents]
        for author in authors:
            author.start()
        self.kill_while_they_put(hub, agents, district, chance, progress)
        for author in authors:
            author.join()
        self.kill_while_it_receives(hub, agents)

        for agent, author in zip(agents, authors):
            self.assertEqual(len(author.saved), len(author.lines))
            self.assertEqual(agent.wait_durable()["saved"], len(author.lines))
        print(f"slices repeated: {sum(author.repeats for author in authors)}", flush=True)
        nodes.wait_until("everything at the district", lambda: all(
            agent.status()["durableAtDistrict"] == len(author.lines)
            for agent, author in zip(agents, authors)))
        samples = witness.finish()
        journal = hub.events()
        self.assert_no_receipt_was_ahead(samples, journal)
        self.assert_all_at_the_district(district, hub, journal)
        self.assert_all_at_the_hub(hub, authors)

    def assert_no_receipt_was_ahead(self, samples, journal):
        offsets = {}
        for event in journal:
            offsets.setdefault(event["facility"], []).append(event["offset"])
        partly = 0
        for facility, saved, at_hub, at_district, hub_offset, district_offset in samples:
            held = bisect.bisect_right(offsets.get(facility, []), hub_offset)
            kept = bisect.bisect_right(offsets.get(facility, []), district_offset)
            self.assertLessEqual(at_district, at_hub)
            self.assertLessEqual(at_hub, saved)
            self.assertLessEqual(at_hub, held, "a receipt of what the hub had not")
            self.assertLessEqual(at_district, kept, "a receipt of what the district had not")
            partly += 0 < at_district < saved
        print(f"receipts sampled: {len(samples)}, {partly} of them on the way", flush=True)
        self.assertGreater(partly, 0, "no sample was taken in between")

    def assert_all_at_the_district(self, district, hub, journal):
        kept = district.tail("--feed", "events")
        for event in kept:
            event.pop("hubFacility")
        self.assertEqual(kept, journal)
        self.assertEqual(district.tail("--feed", "events"), [], "tail goes on where it was")
        for type_name in {event["type"] for event in journal}:
            at_hub = {record["id"]: record["set"] for record in hub.records(type_name)}
            here = {record["id"]: record["set"] for record in district.records(type_name)}
            self.assertEqual(here, at_hub, type_name)

    def kill_while_they_put(self, hub, agents, district, chance, progress):
        victims = ([hub] * HUB_KILLS + [district] * DISTRICT_KILLS
                   + [chance.choice(agents) for _ in range(AGENT_KILLS)])
        chance.shuffle(victims)
        # The last quarter is put while the hub is down, and is what it then receives at once.
        moments = sorted(chance.randrange(EVENTS * 3 // 4) for _ in victims)
        for moment, victim in zip(moments, victims):
            progress.wait_for(moment)
            victim.kill()
            print(f"killed {victim.data.name} after {progress.count} events", flush=True)
            # Down for a while: others go on against a node that is not there.
            progress.wait_for(progress.count + chance.randrange(SLICE_LINES_MAX // 4))
            self.start_again(victim)
        progress.wait_for(EVENTS * 3 // 4)
        hub.kill()
        progress.wait_for(EVENTS)

    def kill_while_it_receives(self, hub, agents):
        for _ in range(HUB_KILLS_AT_THE_END):
            hub.start()
            nodes.wait_until("the hub receiving", lambda: any(
                "received and durable" in line for line in hub.daemon.lines)
                or all(agent.all_durable() for agent in agents))
            print(f"killed hub at {hub.status()['offset']} events held", flush=True)
            hub.kill()
        hub.start()

    def start_again(self, victim):
        """A `put` that writes for itself, while no agent runs, may hold the lock for a moment."""
        def started():
            try:
                return victim.start()
            except nodes.Timeout:
                if victim.daemon.stop() != 3:
                    raise
                return None
        nodes.wait_until(f"{victim.data.name} running again", started)

    def assert_all_at_the_hub(self, hub, authors):
        expected = {}
        for author in authors:
            for line in author.lines:
                event = json.loads(line)
                key = (author.agent.data.name, event["type"], event["ref"])
                expected[key] = author.saved[event["ref"]]
        held = self.assert_held_exactly_once(hub, expected)
        self.assertEqual({(e["facility"], e["type"], e["ref"]): e["id"] for e in held}, expected)
        offsets = [event["offset"] for event in hub.events()]
        self.assertEqual(offsets, list(range(1, len(offsets) + 1)))
        for type_name in {key[1] for key in expected}:
            listed = [record["id"] for record in hub.records(type_name)]
            wanted = {record for key, record in expected.items() if key[1] == type_name}
            self.assertEqual(len(listed), len(set(listed)))
            self.assertEqual(set(listed), wanted, type_name)
        hub.stop()
        self.assert_verified(hub)


if __name__ == "__main__":
    unittest.main()
