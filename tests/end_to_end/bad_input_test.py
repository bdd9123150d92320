#!/usr/bin/env python3
"""Every line of the bad-input list, on every way in, in both languages: one clear refusal, and the
good lines before and after it are saved and arrive."""

import http.client
import json
import unittest
import urllib.parse

from harness import EndToEndTest, nodes

import bad_input  # found by harness

LANGUAGES = ("id", "en")
TRACES = ("terminate called", "what():", "std::", "boost::", "Assertion", "#0 ", " at 0x")


class BadInputTest(EndToEndTest):
    """The list, told to one program. Another program is another subclass of WaysIn."""

    def assert_refused(self, case, said, language):
        """`said`, the refusal that a program printed, is the right one and nothing else."""
        self.assertEqual(said["code"], case.code, said)
        self.assertEqual(said.get("field"), case.field, said)
        self.assertLessEqual(set(said), {"line", "ref", "code", "field", "message"})
        self.assert_sentence(said["code"], said["message"], language)

    def assert_sentence(self, code, text, language):
        own, other = bad_input.SENTENCES[code][:: 1 if language == "id" else -1]
        self.assertTrue(text.startswith(own), text)
        self.assertTrue(own == other or not text.startswith(other), text)
        self.assertRegex(text, r"\A[^\n\r]+: [^\n\r]+\.\Z", "what is wrong: what to do.")

    def assert_clean(self, output):
        """Neither a NIK nor the traces of a crash."""
        for part in (bad_input.NIK.encode(), *(trace.encode() for trace in TRACES)):
            self.assertNotIn(part, output)


class WaysIn:
    """What every program that takes events must do; mixed in before BadInputTest."""

    def start_program(self):
        """A node whose `put` is tried; no daemon of it runs."""
        raise NotImplementedError

    def assert_arrived(self, refs):
        """After the test, with its daemon running: exactly these were kept and passed on."""
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        self.good = set()
        self.program = self.start_program()

    def good_line(self, ref):
        self.good.add(ref)
        return bad_input.encoded({**bad_input.person(bad_input.NIK), "ref": ref})

    def each(self, check):
        """Calls `check` with each case and language and a ref that is new."""
        for number, case in enumerate(bad_input.CASES):
            for language in LANGUAGES:
                with self.subTest(case=case.name, language=language):
                    check(case, language, f"{number}-{language}")

    def put_one(self, case, language, ref):
        bad = case.line(bad_input.NIK)
        path = self.directory / "events.ndjson"
        lines = [self.good_line(ref + "-before"), bad, self.good_line(ref + "-after"), bad]
        path.write_bytes(b"\n".join(lines))         # the last one ends without a newline
        done = self.program.run_command("put", "--lang", language, path)
        self.assertEqual((done.returncode, done.stderr), (1, b""))
        self.assert_clean(done.stdout)
        results = nodes.json_lines(done.stdout)
        self.assertEqual([result["line"] for result in results], [1, 2, 3, 4])
        for good in (results[0], results[2]):
            self.assertLessEqual({"line", "ref", "id"}, set(good))
        for refused in (results[1], results[3]):
            self.assert_refused(case, refused, language)

    def post_one(self, case, language, ref):
        status, body = self.post(case.line(bad_input.NIK), "application/json", language)
        self.assertEqual(status, case.single_http_status, body)
        self.assert_clean(body)
        self.assertEqual(body.count(b"\n"), 1)
        said = json.loads(body)
        if case.too_large_for_http:
            self.assertEqual(said["code"], "http_too_large")
            self.assert_sentence("http_too_large", said["message"], language)
        else:
            self.assert_refused(case, said, language)
        self.assert_saved_alone(ref)

    def post_lines(self, case, language, ref):
        before, after = (self.good_line(ref + end) for end in ("-before", "-after"))
        status, body = self.post(b"\n".join((before, case.line(bad_input.NIK), after)),
                                 "application/x-ndjson", language, query="?lang=" + language)
        self.assert_clean(body)
        if case.too_large_for_http:          # all of it: nothing was saved, and both may be sent
            self.assertEqual(status, 413)
            self.assert_saved_alone(ref + "-before")
            self.assert_saved_alone(ref + "-after")
            return
        self.assertEqual(status, 200, body)
        results = nodes.json_lines(body)
        self.assertEqual([result["line"] for result in results], [1, 2, 3])
        self.assert_refused(case, results[1], language)
        for good in (results[0], results[2]):
            self.assertIn("id", good)

    def post(self, body, content_type, language, query=""):
        """(status, body) of a POST; the language is asked for by header, or by the query."""
        headers = {"Content-Type": content_type}
        if not query:
            headers["Accept-Language"] = language + ",fr;q=0.5"
        host = urllib.parse.urlsplit(self.program.http).netloc
        connection = http.client.HTTPConnection(host, timeout=60)
        try:
            try:
                connection.request("POST", "/v1/events" + query, body, headers)
            except OSError:
                pass          # refused by its length: the answer comes before all is sent
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def assert_saved_alone(self, ref):
        status, body = self.post(self.good_line(ref), "application/json", "en")
        self.assertEqual(status, 201, body)

    def test_PutWithoutADaemonRefusesEachAloneAndSavesItsNeighbours(self):
        self.each(self.put_one)
        self.program.start()
        self.assert_arrived(self.good)

    def test_PutThroughTheDaemonRefusesEachAloneAndSavesItsNeighbours(self):
        self.program.start()
        self.each(self.put_one)
        self.assert_arrived(self.good)

    def test_OneEventOverHttpIsRefusedWithItsStatus(self):
        self.program.start()
        self.each(self.post_one)
        self.assert_arrived(self.good)

    def test_LinesOverHttpAreRefusedEachAlone(self):
        self.program.start()
        self.each(self.post_lines)
        self.assert_arrived(self.good)


class AgentBadInputTest(WaysIn, BadInputTest):
    FACILITY = "K9404001"

    def start_program(self):
        self.its_hub = self.hub().start()
        return self.enrolled(self.its_hub, self.FACILITY)

    def assert_arrived(self, refs):
        self.program.wait_durable()
        self.assert_held_exactly_once(self.its_hub,
                                      {(self.FACILITY, "Person", ref) for ref in refs})
        self.assert_clean((self.directory / "hub.log").read_bytes())
        self.assert_clean((self.directory / (self.FACILITY + ".log")).read_bytes())


class HubBadInputTest(WaysIn, BadInputTest):
    def start_program(self):
        return self.hub()

    def assert_arrived(self, refs):
        facility = self.program.status()["facility"]
        self.assert_held_exactly_once(self.program, {(facility, "Person", ref) for ref in refs})
        self.assert_clean((self.directory / "hub.log").read_bytes())
        self.assert_verified(self.program)


if __name__ == "__main__":
    unittest.main()
