#!/usr/bin/env python3
"""What the Puskesmas's own people record at the hub: by command and by HTTP, daemon or not."""

import json
import unittest

from commands_test import GROWTH, PERSON, as_lines, changed
from harness import EndToEndTest, nodes
from http_test import exchange

HUB_NODE = "0" * 16
FACILITY = "P9404010"


class HubPutTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.hub = self.hub()

    def post(self, body, headers=None):
        return exchange(self.hub.http, "POST", "/v1/events", body, headers)

    def put(self, *events):
        """The results of events that must all be taken."""
        done, results = self.hub.put(as_lines(*events))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return results

    def check_put(self):
        """What `put` takes, takes again and refuses; the ids of the two records."""
        results = self.put(PERSON, GROWTH)
        self.assertEqual([(r["line"], r["ref"]) for r in results], [(1, "p-1"), (2, "g-1")])
        person, growth = (r["id"] for r in results)
        again = self.put(PERSON, GROWTH)
        self.assertEqual([(r["id"], r["again"]) for r in again], [(person, True), (growth, True)])
        done, refused = self.hub.put(
            [json.dumps(changed(PERSON, name="Anak Dua")), "{", "",
             json.dumps(changed(GROWTH, "g-2", person={"ref": "nobody"})),
             json.dumps(changed(GROWTH, "g-3", weightGrams=99999)),
             json.dumps(changed(PERSON, "p-3", nik="1234567890123456")),
             json.dumps({"type": "Node", "set": {"name": "Palsu"}}),
             json.dumps({"type": "Person", "id": person, "version": "what I saw",
                         "set": {"sex": "male"}})])
        self.assertEqual(done.returncode, 1)
        self.assertEqual([(r["line"], r["code"]) for r in refused],
                         [(1, "ref_reused"), (2, "not_json"), (4, "unknown_ref"),
                          (5, "out_of_range"), (6, "bad_nik"), (7, "system_type"),
                          (8, "bad_version")])
        self.assertNotIn(b"1234567890123456", done.stdout + done.stderr)
        self.check_held(person, growth)
        return person, growth

    def check_held(self, person, growth):
        got = json.loads(self.hub.answer("get", "GrowthMeasurement", growth))
        self.assertEqual(got["set"], {**GROWTH["set"], "person": person})
        self.assertFalse(got["fromElsewhere"])
        self.assertEqual([r["id"] for r in self.hub.records("Person")], [person])
        events = self.hub.events()
        self.assertEqual([e["ref"] for e in events], ["p-1", "g-1"])
        for offset, event in enumerate(events, 1):
            self.assertEqual((event["node"], event["facility"], event["offset"], event["by"]),
                             (HUB_NODE, FACILITY, offset, "kader-03"))
            self.assertNotIn("quarantined", event)
        self.assertEqual(events[0]["at"], PERSON["at"])
        self.assertEqual(self.hub.status()["offset"], 2)
        self.assert_verified(self.hub)

    def test_PutWithoutADaemonIsHeldAndARetryChangesNothing(self):
        person, growth = self.check_put()
        self.hub.start()
        self.put(PERSON, GROWTH)
        self.check_held(person, growth)

    def test_PutThroughTheDaemonSurvivesAKillAndARestart(self):
        self.hub.start()
        person, growth = self.check_put()
        self.hub.kill()
        self.check_held(person, growth)
        self.hub.start()
        self.assertTrue(all(r["again"] for r in self.put(PERSON, GROWTH)))
        self.check_held(person, growth)
        self.assertEqual(self.hub.stop(), 0)

    def test_PostAnswersAsAtAnAgent(self):
        self.hub.start()
        status, body = self.post(PERSON)
        self.assertEqual(status, 201, body)
        record = json.loads(body)["id"]
        status, body = self.post(PERSON)
        self.assertEqual((status, json.loads(body)["id"]), (200, record))
        status, body = self.post(changed(PERSON, name="Lain"))
        self.assertEqual((status, json.loads(body)["code"]), (409, "ref_reused"))
        for wrong, code in (("{", "not_json"), ({**PERSON, "type": "Personn"}, "unknown_type"),
                            (changed(GROWTH, "g-9"), None),
                            (changed(GROWTH, "g-8", person={"ref": "none"}), "unknown_ref"),
                            ({"type": "Person", "set": {"nik": "12"}}, "bad_nik")):
            status, body = self.post(wrong)
            self.assertEqual((status, json.loads(body).get("code")),
                             (422, code) if code else (201, None), body)
        lines = "\n".join(["{", *as_lines(PERSON, changed(PERSON, "p-2"))])
        status, body = self.post(lines, {"Content-Type": "application/x-ndjson"})
        results = [json.loads(line) for line in body.splitlines()]
        self.assertEqual((status, [r.get("code") for r in results]), (200, ["not_json", None, None]))
        self.assertTrue(results[1]["again"])
        for headers, expected in (({"Origin": "http://example.org"}, 403),
                                  ({"Content-Type": "text/plain"}, 415)):
            self.assertEqual(self.post(changed(PERSON, "p-9"), headers)[0], expected)
        self.assertEqual(self.hub.status()["offset"], 3)
        status, body = exchange(self.hub.http, "GET", f"/v1/records/Person/{record}")
        self.assertEqual((status, json.loads(body)["set"]), (200, PERSON["set"]))
        self.assert_verified(self.hub)

    def test_AFullHubRefusesVisiblyAndKeepsWhatItHolds(self):
        self.hub.run_environment["TITIP_MAP_BYTES"] = str(1 << 20)
        self.hub.start()
        text = "x" * 120
        taken = 0
        while taken < 20_000:
            lines = as_lines(*(changed(PERSON, f"fill-{taken + i}", name=f"{text}{taken + i}") for i in range(32)))
            done, results = self.hub.put(lines)
            refused = [r for r in results if "code" in r]
            taken += len(results) - len(refused)
            if refused:
                break
        self.assertEqual({r["code"] for r in refused}, {"map_full"})
        self.assertEqual(done.returncode, 1)
        status, body = self.post(changed(PERSON, "one-more"))
        self.assertEqual((status, json.loads(body)["code"]), (507, "map_full"))
        self.assertEqual(len(self.hub.records("Person")), taken)
        self.assertGreater(taken, 256)
        self.hub.stop()
        with open(self.hub.data / "config.toml", "a", encoding="utf-8") as config:
            config.write(f"map-bytes = {1 << 20}\n")
        done, results = self.hub.put(as_lines(changed(PERSON, "one-more")))
        self.assertEqual((done.returncode, results[0]["code"]), (1, "map_full"))
        self.assert_verified(self.hub)

    def test_AnEditAtTheHubOfWhatAPostRecorded(self):
        self.hub.start()
        agent = self.enrolled(self.hub, "K9404001")
        agent.start()
        done, results = agent.put(as_lines(PERSON))
        self.assertEqual(done.returncode, 0, done.stderr)
        person = results[0]["id"]
        agent.wait_durable()
        shown = json.loads(self.hub.answer("get", "Person", person))["version"]

        edit = {"type": "Person", "id": person, "by": "bidan-1", "version": shown}
        self.put({**edit, "set": {"sex": "male"}})
        got = json.loads(self.hub.answer("get", "Person", person))
        self.assertEqual((got["set"]["sex"], got["underReview"]), ("male", False))
        self.assertTrue(got["fromElsewhere"])
        # Made by the same old page: nobody has seen both.
        self.put({**edit, "set": {"sex": "female"}})
        got = json.loads(self.hub.answer("get", "Person", person))
        self.assertTrue(got["underReview"])
        conflict = got["conflicts"]["sex"]
        self.assertEqual({(c["value"], c["facility"]) for c in conflict},
                         {("male", FACILITY), ("female", FACILITY)})
        self.put({"type": "Person", "id": person, "op": "resolve", "set": {"sex": "female"},
                  "settles": [c["event"] for c in conflict]})
        got = json.loads(self.hub.answer("get", "Person", person))
        self.assertEqual((got["set"]["sex"], got["underReview"]), ("female", False))

        self.put({"type": "Person", "id": person, "op": "retract"})
        done, results = self.hub.put(as_lines({**edit, "set": {"sex": "male"}}))
        self.assertEqual((done.returncode, results[0]["code"]), (1, "record_retracted"))
        self.assertFalse(json.loads(self.hub.answer("get", "Person", person))["alive"])
        agent.stop()
        self.assert_verified(self.hub)

    def test_ADirectoryOfAnotherKindIsRefusedWhetherItRunsOrNot(self):
        self.hub.start()
        agent = self.enrolled(self.hub, "K9404001")
        agent.start()
        for _ in range(2):
            for program, node in (("titip-hub", agent), ("titip-agent", self.hub)):
                done = nodes.command([nodes.binary_dir() / program, "put", "--data", node.data],
                                     stdin=json.dumps(PERSON))
                self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
            agent.stop()
            self.hub.stop()
        self.assertEqual(agent.status()["saved"], 0)
        self.assertFalse([e for e in self.hub.events() if e["type"] != "Node"])

    def test_WhatCannotBeReadOrReachedHasItsExitCode(self):
        nowhere = self.directory / "nowhere"
        for arguments, expected in ((["put", "--data", nowhere], 3),
                                    (["put", "--data", self.hub.data, nowhere], 2),
                                    (["put"], 2),
                                    (["put", "--data", self.hub.data, "-", "--nonsense"], 2)):
            done = nodes.command([nodes.binary_dir() / "titip-hub", *arguments])
            self.assertEqual(done.returncode, expected, (arguments, done.stderr))
            self.assertTrue(done.stderr)
        file = self.directory / "events.ndjson"
        file.write_text("\n".join(as_lines(PERSON, GROWTH)), encoding="utf-8")
        done = self.hub.run_command("put", file)
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 2), done.stderr)


if __name__ == "__main__":
    unittest.main()
