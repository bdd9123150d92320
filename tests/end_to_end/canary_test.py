#!/usr/bin/env python3
"""A person's NIK in any field of any event is in no log, metric, error or status of any process."""

import json
import pathlib
import re
import resource
import subprocess
import unittest

from canary_fixture import CanaryFixture, FACILITY, LANGUAGES
from harness import nodes

import bad_input  # found by harness
import canaries
import schema_text

WORDS_FIT_BYTES = 27       # of a canary with its word


class CanaryTest(CanaryFixture):
    def post(self, body, content_type, language):
        head = (f"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
                f"Accept-Language: {language}\r\nContent-Length: {len(body)}\r\n\r\n")
        return self.ask(self.device, head.encode() + body)

    def results(self, output):
        """Result lines without `ref` and `id`, the caller's own and on no other output."""
        for result in nodes.json_lines(output):
            result.pop("ref", None)
            result.pop("id", None)
            yield json.dumps(result).encode()

    def hear_results(self, who, output):
        self.hear(who, *self.results(output))

    def put(self, lines, language):
        path = self.directory / "events.ndjson"
        path.write_bytes(b"\n".join(lines) + b"\n")
        done = self.device.run_command("put", "--lang", language, path)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr, b"")
        self.assertEqual(len(done.stdout.splitlines()), len(lines))
        self.hear_results("titip-agent put", done.stdout)

    def test_TheSchemaIsReadWhole(self):
        types = schema_text.record_types()
        self.assertEqual([one.name for one in types], schema_text.vocabulary())
        text = (schema_text.SCHEMA / "ilp.capnp").read_text()
        listed = len(re.findall(r"^ +\w+ @\d+ :", text, re.MULTILINE)) - len(types)
        self.assertEqual(sum(len(one.fields) for one in types), listed)

    def test_InEveryFieldOfEveryEventOnEveryWayIn(self):
        lines = canaries.lines(self.canaries)
        self.put(lines, "id")                       # through the daemon
        self.assertEqual(self.device.stop(), 0)
        self.put(lines, "en")                       # and without it
        self.device.start(log_level="trace")
        for number, line in enumerate(lines):
            language = LANGUAGES[number % 2]
            answer = self.post(line, "application/json", language)
            self.assertRegex(answer, rb"\AHTTP/1.1 [24]\d\d ")
            head, _, body = answer.partition(b"\r\n\r\n")
            self.hear("POST /v1/events", head)
            self.hear_results("POST /v1/events", body)
        short = [line for line in lines if len(line) < bad_input.MB]
        answer = self.post(b"\n".join(short), "application/x-ndjson", "id")
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertEqual(len(body.splitlines()), len(short))
        self.hear("POST /v1/events", head)
        self.hear_results("POST /v1/events of lines", body)
        self.device.wait_durable()
        self.assert_no_leak()
        self.assert_went_in()

    def assert_went_in(self):
        """Else nothing could come out: canaries of every type and of the envelope are held."""
        held = set(self.canaries.leaks(self.its_hub.answer("events")))
        for one in schema_text.record_types():
            texts = [field for field in one.fields if field.kind == "Text"
                     and field.format is None and field.max_bytes >= WORDS_FIT_BYTES]
            for field in texts if not one.system else ():
                self.assertIn(f"{one.name}.{field.name} with a word", held)
        self.assertIn("Person.nik as text", held)
        self.assertIn("Person.motherNik as text", held)
        for place in ('"by"', '"ref"', "op link, by", "op retract, by", "its content"):
            self.assertIn(place, held)

    def test_ACanaryIsSeenWhereverItComesOut(self):
        self.hear_all_processes()
        self.assertEqual(self.leaks(), [])
        nik = self.canaries.nik("planted")
        word = self.canaries.word("planted too").split()[0]
        heard = list(self.said)
        self.assertGreaterEqual({who for who, _ in heard}, {"hub.log", FACILITY + ".log"})
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
