#!/usr/bin/env python3
"""A person's NIK in any field of any event is in no log, metric, error or status of any process."""

import json
import pathlib
import re
import resource
import subprocess
import unittest

from canary_fixture import CanaryFixture, EVERY_PATH, FACILITY, LANGUAGES, kind
from follow_test import Stream
from harness import nodes

import bad_input  # found by harness
import canaries
import schema_text


class CanaryTest(CanaryFixture):
    def test_TheSchemaIsReadWhole(self):
        types = schema_text.record_types()
        self.assertEqual([one.name for one in types], schema_text.vocabulary())
        text = (schema_text.SCHEMA / "ilp.capnp").read_text()
        listed = len(re.findall(r"(?:^|;) +\w+ @\d+ :", text, re.MULTILINE)) - len(types)
        self.assertEqual(sum(len(one.fields) for one in types), listed)

    def open_streams(self):
        """Whoever is entitled follows what happens, so that it is also sent out meanwhile."""
        for node, path in ((self.its_hub, "/v1/events?follow=1"), (self.device, "/v1/updates"),
                           (self.custodian, "/v1/events?follow=1"),
                           (self.scoped, "/v1/changes?follow=1")):
            self.assertEqual(Stream(self, node.http, path).status, 200)

    def put_on_every_way_in(self, node):
        lines = canaries.lines(self.canaries)
        self.put(node, lines, "id")                 # through the daemon
        self.assertEqual(node.stop(), 0)
        self.put(node, lines, "en")                 # and without it
        node.start(log_level="trace")
        for number, line in enumerate(lines):
            answer = self.post(node, line, "application/json", LANGUAGES[number % 2])
            self.assertRegex(answer, rb"\AHTTP/1.1 [24]\d\d ")
        short = [line for line in lines if len(line) < bad_input.MB]
        answer = self.post(node, b"\n".join(short), "application/x-ndjson", "id")
        self.assertEqual(len(answer.partition(b"\r\n\r\n")[2].splitlines()), len(short))

    def test_InEveryFieldOfEveryEventOnEveryWayIn(self):
        self.open_streams()
        self.put_on_every_way_in(self.device)
        self.device.wait_durable()
        self.wait_received(self.custodian)
        self.assert_no_leak()
        self.assert_went_in()

    def test_InEveryFieldOfEveryEventThatTheHubItselfRecords(self):
        self.open_streams()
        follower = self.follow_events()
        self.put_on_every_way_in(self.its_hub)
        _, stderr = follower.communicate(timeout=60)     # the hub was stopped meanwhile
        self.assertEqual(follower.returncode, 3)
        self.hear("titip-hub events --follow", stderr)
        family = list(canaries.family_lines(self.canaries, FACILITY, "from the hub"))
        done, results = self.its_hub.put(b"\n".join(family))
        self.assertEqual(done.returncode, 0, done.stdout)
        for node in (self.device, self.custodian, self.scoped):
            self.wait_family(node, family, results)
        self.wait_received(self.custodian)
        self.assert_no_leak()
        self.assert_went_in()
        self.assert_came_down(family)

    def follow_events(self):
        follower = subprocess.Popen(
            [nodes.binary_dir() / "titip-hub", "events", "--follow", "--data", self.its_hub.data],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=nodes.child_environment(),
            preexec_fn=nodes.end_with_parent)
        self.addCleanup(follower.kill)
        return follower

    def wait_family(self, node, family, results):
        """Until the node holds the records that these lines made, which is downstream of the hub."""
        for line, result in zip(family, results):
            words = ("get", json.loads(line)["type"], result["id"])
            nodes.wait_until(f"{words} at {node.data.name}", lambda words=words: (
                node.run_command(*words).returncode == 0))

    def assert_came_down(self, family):
        """The same canaries are held by everybody who may: else no silence of theirs says anything."""
        types = [json.loads(line)["type"] for line in family]
        wanted = {place for place in self.canaries.places if place.startswith("from the hub: ")
                  and " of " not in place}
        self.assertGreater(len(wanted), len(types))
        identifying = {f"from the hub: {one.name}.{field.name}"
                       for one in schema_text.record_types() for field in one.fields
                       if "$identifies" in field.rules}
        for node, expected in ((self.device, wanted), (self.custodian, wanted),
                               (self.scoped, wanted - identifying)):
            held = set(self.canaries.leaks(b"".join(node.answer("list", one) for one in types)))
            of_family = {place for place in held if place in wanted}
            self.assertEqual(of_family, expected, node.data.name)

    def assert_went_in(self):
        """Else nothing could come out: canaries of every type and of the envelope are held."""
        held = set(self.canaries.leaks(self.its_hub.answer("events")))
        for one in schema_text.record_types():
            for field in filter(canaries.holds_a_word, () if one.system else one.fields):
                self.assertIn(f"{one.name}.{field.name} with a word", held)
        self.assertIn("Person.nik as text", held)
        self.assertIn("Person.motherNik as text", held)
        for place in ('"by"', '"ref"', "op link, by", "op retract, by", "its content"):
            self.assertIn(place, held)
        self.assertEqual(set(self.canaries.leaks(self.custodian.answer("tail"))), held)

    def test_ACanaryIsSeenWhereverItComesOut(self):
        self.hear_all_processes()
        self.assertEqual(self.leaks(), [])
        nik = self.canaries.nik("planted")
        word = self.canaries.word("planted too").split()[0]
        heard = list(self.said)
        self.assertGreaterEqual({who for who, _ in heard}, {
            "hub.log", FACILITY + ".log", "custodian.log", "scoped.log",
            *(f"{kind(node)} {what}" for node in self.watched for what in (
                "status", "status --json", *EVERY_PATH, "/v1/updates for a stranger"))})
        for number, (who, output) in enumerate(heard):
            middle = len(output) // 2
            for text, place in ((nik, "planted"), (word, "planted too"), (nik[:-1], None)):
                planted = output[:middle] + text.encode() + b" " + output[middle:]
                self.said = [*heard[:number], (who, planted), *heard[number + 1:]]
                found = self.leaks()
                self.assertEqual([one for one, _ in found], [who])
                self.assertTrue(place is None or found == [(who, place)], found)
        with open(self.directory / "hub.log", "ab") as log:
            log.write(f"info link {nik}\n".encode())
        self.said = []
        self.hear_all_processes()
        self.assertEqual(self.leaks(), [("hub.log", "planted")])

    def test_NoProcessLeavesACoreDump(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        if hard == 0:
            self.skipTest("core dumps are forbidden here already: nothing could be seen")
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))       # children would leave one
        self.addCleanup(resource.setrlimit, resource.RLIMIT_CORE, (soft, hard))
        with self.assertRaises(AssertionError):
            self.assert_no_core("self")
        for node in self.watched:
            node.stop()
            node.start()
            self.assert_no_core(node.daemon.child.pid)
        self.assert_no_core_of_a_command()

    def assert_no_core_of_a_command(self):
        with subprocess.Popen([nodes.binary_dir() / "titip-agent", "put", "--data",
                               self.device.data], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as put:
            put.stdin.write(b"{}\n")
            put.stdin.flush()
            self.assertIn(b"missing_key", put.stdout.readline())       # it runs, and waits for more
            self.assert_no_core(put.pid)
            put.stdin.close()

    def assert_no_core(self, pid):
        limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")


if __name__ == "__main__":
    unittest.main()
