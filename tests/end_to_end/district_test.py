#!/usr/bin/env python3
"""A district keeps everything of its hubs, each event once, whatever is killed; and prints it on."""

import json
import os
import shutil
import subprocess
import unittest
import urllib.error
import urllib.request

from harness import EndToEndTest, nodes

HUB = "P9404010"
SECOND_HUB = "P9404020"
DISTRICT = "D9404000"
POSTS = ("K9404001", "K9404002")
LINES = 300
PLACE = ("hubFacility",)        # what only a district says
ALONE = (*PLACE, "origins")     # and what is only said of one record by itself


def without(event, *keys):
    return {key: value for key, value in event.items() if key not in keys}


class DistrictTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.hub_node = self.hub().start()

    def joined(self, hub=None, district=None):
        district = district or self.district()
        link = (hub or self.hub_node).invite(DISTRICT, "Dinkes Mimika", "district")
        done = district.join(link)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"Enrolled at", done.stdout)
        return district

    def post(self, facility=POSTS[0], hub=None):
        return self.enrolled(hub or self.hub_node, facility).start()

    def put(self, agent, seed, lines=LINES):
        done, _ = agent.put(nodes.generate(agent.data.name, seed, lines))
        self.assertEqual(done.returncode, 0, done.stderr)

    def wait_held(self, district, hub=None, seconds=120):
        """Until the district holds the hub's journal as it is now."""
        hub = hub or self.hub_node
        wanted = hub.status()
        facility = wanted["facility"]

        def held():
            there = district.hub(facility)
            return there if there and there["offset"] == wanted["offset"] else None
        there = nodes.wait_until(f"the district holds the journal of {facility}", held, seconds)
        self.assertEqual((there["events"], there["epoch"]), (wanted["offset"], wanted["epoch"]))
        return there

    def get(self, district, target):
        with urllib.request.urlopen(district.http + target, timeout=60) as answer:
            return answer.read()

    def assert_same_events(self, printed, hub=None):
        """`printed` is the hub's whole journal, each event once and in order."""
        hub = hub or self.hub_node
        facility = hub.status()["facility"]
        self.assertEqual([without(event, *PLACE) for event in printed], hub.events())
        self.assertEqual({event["hubFacility"] for event in printed}, {facility})

    def test_EveryEventArrivesOnceAndTailGoesOnWhereItWas(self):
        district = self.joined()
        district.start()
        agents = [self.post(facility) for facility in POSTS]
        for seed, agent in enumerate(agents):
            self.put(agent, seed)
            agent.wait_durable()
        there = self.wait_held(district)
        self.assertTrue(there["connected"] and there["custodian"])
        first = district.tail()
        self.assertEqual(sum(event["type"] != "Node" for event in first), 2 * LINES)
        self.assert_same_events(first)
        self.assertEqual(district.tail(), [])
        self.put(agents[0], 7, 5)
        agents[0].wait_durable()
        self.wait_held(district)
        second = district.tail()
        self.assertEqual(len(second), 5)
        self.assert_same_events(first + second)
        # Elsewhere, and what is remembered stays; also without a daemon.
        self.assertEqual(district.tail("--after", "0"), first + second)
        self.assertEqual(district.stop(), 0)
        self.put(agents[0], 8, 5)
        agents[0].wait_durable()
        self.assertEqual(district.tail(), [])
        self.assertEqual(district.tail("--after", str(second[0]["offset"])), second[1:])
        district.start()
        self.wait_held(district)
        self.assertEqual(district.stop(), 0)
        self.assertEqual(len(district.tail()), 5)
        self.assertEqual(district.tail(), [])

    def test_WhatTheHubHoldsAlreadyComesToo(self):
        agent = self.post()
        self.put(agent, 1)
        agent.wait_durable()
        district = self.joined().start()
        self.wait_held(district)
        self.assert_same_events(district.tail())

    def test_ADistrictThatIsKilledGoesOn(self):
        district = self.joined()
        agent = self.post()
        self.put(agent, 1, 20000)
        agent.wait_durable()
        printed = []
        for _ in range(4):
            district.start()
            before = (district.hub(HUB) or {"events": 0})["events"]
            nodes.wait_until("more is kept", lambda: district.hub(HUB)["events"] > before
                             or district.hub(HUB)["offset"] == self.hub_node.status()["offset"])
            district.kill()
            printed += district.tail()
            print(f"killed at {len(printed)} events held", flush=True)
        district.start()
        self.wait_held(district)
        printed += district.tail()
        self.assert_same_events(printed)

    def test_AHubThatIsKilledLosesNothingOfIt(self):
        district = self.joined().start()
        agent = self.post()
        self.put(agent, 1)
        agent.wait_durable()
        self.wait_held(district)
        self.hub_node.kill()
        self.put(agent, 2)
        self.hub_node.start()
        agent.wait_durable()
        self.wait_held(district)
        self.assert_same_events(district.tail())

    def test_AHubThatWasRestoredIsGivenBackWhatItLost(self):
        district = self.joined().start()
        self.wait_held(district)
        self.hub_node.stop()
        copy = self.directory / "copy"
        shutil.copytree(self.hub_node.data, copy, ignore=shutil.ignore_patterns("*.sock"))
        self.hub_node.start()
        agent = self.post()
        self.put(agent, 1)
        agent.wait_durable()
        kept = self.wait_held(district)
        lost = self.hub_node.events()
        agent.stop()
        shutil.rmtree(agent.data)    # what it wrote is at the district alone
        self.hub_node.stop()
        shutil.rmtree(self.hub_node.data)
        copy.rename(self.hub_node.data)
        self.hub_node.start()
        names = ("type", "id", "op", "ref", "node", "lane", "seq")

        def told(events):
            return sorted(json.dumps([event.get(name) for name in names]) for event in events)
        nodes.wait_until("the hub has it all again",
                         lambda: len(self.hub_node.events()) >= len(lost))
        self.assertEqual(told(self.hub_node.events()), told(lost))
        there = nodes.wait_until("the district goes on", lambda: (
            district.hub(HUB) if district.hub(HUB)["epoch"] == self.hub_node.status()["epoch"]
            and not district.hub(HUB).get("otherHistory") else None))
        self.assertGreaterEqual(there["events"], kept["events"])
        self.assertIsNotNone(self.hub_node.node_of(POSTS[0]), "its enrolment came back, too")
        self.assertEqual(self.hub_node.run_command("verify").returncode, 0)

    def test_NothingIsTakenForPrintedThatWasNot(self):
        district = self.joined().start()
        agent = self.post()
        self.put(agent, 1, 3000)     # more than a pipe takes
        agent.wait_durable()
        self.wait_held(district)
        for running in (True, False):
            if not running:
                district.stop()
            with open("/dev/full", "wb") as full:
                done = subprocess.run([nodes.binary_dir() / "titip-district", "tail", "--data",
                                       district.data], stdout=full, stderr=subprocess.PIPE,
                                      env=nodes.child_environment(), timeout=60, check=False)
            self.assertEqual(done.returncode, 3, done.stderr)
            read_end, write_end = os.pipe()
            os.close(read_end)
            done = subprocess.run([nodes.binary_dir() / "titip-district", "tail", "--data",
                                   district.data], stdout=write_end, stderr=subprocess.PIPE,
                                  env=nodes.child_environment(), timeout=60, check=False)
            os.close(write_end)
            self.assertNotEqual(done.returncode, 0)
        self.assert_same_events(district.tail())

    def test_TailFollowsAcrossStopsOfTheDaemon(self):
        district = self.joined().start()
        agent = self.post()
        follower = nodes.Process([nodes.binary_dir() / "titip-district", "tail", "--follow",
                                  "--data", district.data])
        self.started.append(follower)
        for seed in range(3):
            self.put(agent, seed, 20)
            agent.wait_durable()
            self.wait_held(district)
            wanted = self.hub_node.status()["offset"]
            nodes.wait_until("all of it printed", lambda: len(follower.lines) == wanted)
            self.assertEqual(district.stop(), 0)
            district.start()
        follower.kill()
        self.assert_same_events([json.loads(line) for line in follower.lines])
        self.assertEqual(district.tail(), [])

    def test_ChangesArriveAndARecordIsAsAtTheHub(self):
        district = self.joined().start()
        agent = self.post()
        self.put(agent, 1)
        agent.wait_durable()
        self.wait_held(district)
        persons = {record["id"]: record for record in self.hub_node.records("Person")}
        growths = {record["id"]: record for record in self.hub_node.records("GrowthMeasurement")}
        nodes.wait_until("every record is here", lambda: (
            len(district.records("Person")) == len(persons)
            and len(district.records("GrowthMeasurement")) == len(growths)))
        here = {record["id"]: without(record, *PLACE) for record in district.records("Person")}
        self.assertEqual(here, persons)
        printed = [change for change in district.tail("--feed", "changes")
                   if change["type"] == "Person"]
        latest = {change["id"]: without(change, "hubFacility", "position") for change in printed}
        self.assertEqual(latest, persons)
        self.assertEqual(district.tail("--feed", "changes"), [])
        one = next(iter(persons))
        self.assertEqual(without(json.loads(district.answer("get", "Person", one)), *ALONE),
                         persons[one])
        self.assertEqual(without(json.loads(self.get(district, f"/v1/records/Person/{one}")),
                                 *ALONE), persons[one])
        changes = nodes.json_lines(self.get(district, "/v1/changes?after=0"))
        positions = [change["position"] for change in changes]
        self.assertEqual(positions, sorted(set(positions)))
        after = nodes.json_lines(self.get(district, f"/v1/changes?after={positions[0]}"))
        self.assertEqual(after, changes[1:])
        for path in ("/v1/events", "/v1/changes"):
            self.assertEqual(self.get(district, path + "?limit=0"), b"")
            self.assertEqual(self.get(district, path + "?limit=2").count(b"\n"), 2)
            for key, value in (("after", "abc"), ("after", "-1"), ("limit", "x"),
                               ("follow", "true")):
                with self.assertRaises(urllib.error.HTTPError) as refused:
                    self.get(district, f"{path}?{key}={value}")
                said = json.load(refused.exception)
                self.assertEqual((refused.exception.code, said["code"], said["field"]),
                                 (400, "bad_option", key))
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.get(district, "/v1/nothing")
        self.assertEqual((refused.exception.code, json.load(refused.exception)["code"]),
                         (404, "no_such_path"))

    def test_AProgramFollowsOverHttp(self):
        district = self.joined().start()
        agent = self.post()
        got = []
        with urllib.request.urlopen(district.http + "/v1/events?after=0&follow=1",
                                    timeout=60) as stream:
            for seed in range(2):
                self.put(agent, seed, 20)
                agent.wait_durable()
                while len(got) < self.hub_node.status()["offset"]:
                    line = stream.readline()
                    if line.strip():
                        got.append(json.loads(line))
                self.assert_same_events(got)

    def test_TwoHubsAreKeptApart(self):
        second = self.hub("second", facility=SECOND_HUB, name="Puskesmas Agats").start()
        district = self.joined().start()
        self.joined(second, district)          # while the daemon runs
        agents = [self.post(), self.post(POSTS[1], second)]
        for seed, agent in enumerate(agents):
            self.put(agent, seed, 50)
            agent.wait_durable()
        self.wait_held(district)
        self.wait_held(district, second)
        for hub, facility in ((self.hub_node, HUB), (second, SECOND_HUB)):
            self.assert_same_events(district.tail("--hub", facility), hub)
            events = nodes.json_lines(self.get(district, f"/v1/events?after=0&hub={facility}"))
            self.assert_same_events(events, hub)
        self.assertEqual(district.tail(), [])
        nodes_said = nodes.json_lines(self.get(district, "/v1/nodes"))
        self.assertEqual([hub["facility"] for hub in nodes_said], [HUB, SECOND_HUB])
        for target in ("/v1/events?after=0", "/v1/changes", "/v1/records/Person"):
            with self.assertRaises(urllib.error.HTTPError) as refused:
                self.get(district, target)
            self.assertEqual(refused.exception.code, 422)
            self.assertEqual(json.load(refused.exception)["code"], "several_hubs")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.get(district, "/v1/events?hub=P0000000")
        refused.exception.close()
        self.assertEqual(refused.exception.code, 404)
        self.assertEqual(district.run_command("tail", "--after", "1").returncode, 2)
        self.assertEqual(district.run_command("list", "Person").returncode, 2)
        metrics = self.get(district, "/metrics").decode()
        self.assertIn("titip_hubs 2", metrics)
        self.assertRegex(metrics, r'titip_link_connected\{hub="[0-9a-f]{16}",facility="P9404020"\} 1')
        self.assertEqual(json.loads(self.get(district, "/healthz")), {"ok": True})
        text = district.answer("status").decode()
        self.assertIn("Puskesmas Agats", text)
        self.assertIn("Terhubung".lower(), district.answer("status", "--lang", "id").decode())

    def test_JoiningTwiceIsHarmless(self):
        district = self.district()
        link = self.hub_node.invite(DISTRICT, "Dinkes Mimika", "district")
        for running in (False, False, True):
            if running:
                district.start()
            done = district.join(link)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"Already enrolled", done.stdout)
        self.assertEqual(len(district.status()["hubs"]), 1)
        self.assertEqual(len([event for event in self.hub_node.events() if event["op"] == "new"]), 1)

    def test_JoinSaysItAsJson(self):
        district = self.district()
        link = self.hub_node.invite(DISTRICT, "Dinkes Mimika", "district")
        for running in (False, True):
            if running:
                district.start()
            said = json.loads(district.join(link, "--json").stdout)
            there = district.hub(HUB)
            self.assertEqual(said, {"hub": HUB, "facility": DISTRICT, "name": "Dinkes Mimika",
                                    "node": there["node"], "enrolled": True})

    def test_RunAndASecondJoinWaitForAJoinThatWaitsForItsHub(self):
        link = self.hub_node.invite(DISTRICT, "Dinkes Mimika", "district")
        self.hub_node.stop()
        district = self.district()
        words = [nodes.binary_dir() / "titip-district", "join", "--json", "--data", district.data,
                 link]
        first = nodes.Process(words)
        self.started.append(first)
        nodes.wait_until("it has the directory",
                         lambda: district.run_command("status").returncode == 0)
        self.assertTrue(first.running())
        second = nodes.Process(words)
        self.started.append(second)
        district.start()
        self.assertEqual([one.child.wait(60) for one in (first, second)], [0, 0])
        first.wait_for_line('"enrolled":false')
        self.assertEqual(json.loads(first.lines[-1]),
                         {"hub": None, "facility": DISTRICT, "name": "Dinkes Mimika",
                          "node": None, "enrolled": False})
        self.assertTrue(district.daemon.running())

    def test_ASettingOfAnotherProgramIsUnknownToIt(self):
        district = self.joined()
        (district.data / "config.toml").write_text('hub = "tcp://127.0.0.1:7400"\n')
        done = district.run_command("status", "--json")
        self.assertEqual(done.returncode, 2, done.stderr)
        said = json.loads(done.stderr)
        self.assertEqual((said["code"], said["field"]), ("bad_config", "hub"))

    def test_AHubThatDoesNotAnswerYetIsEnrolledAtLater(self):
        link = self.hub_node.invite(DISTRICT, "Dinkes Mimika", "district")
        self.hub_node.stop()
        district = self.district()
        done = district.join(link)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"saved", done.stdout)
        self.assertIsNone(district.status()["hubs"][0]["node"])
        district.start()
        self.hub_node.start()
        nodes.wait_until("enrolled", lambda: district.hub(HUB))
        self.wait_held(district)
        self.assert_same_events(district.tail())

    def test_AnInvitationOfTheOtherKindIsRefused(self):
        for_agent = self.hub_node.invite(POSTS[0], "Posyandu Melati")
        for_district = self.hub_node.invite(DISTRICT, "Dinkes Mimika", "district")
        district = self.district()
        done = district.join(for_agent, "--json")
        self.assertEqual((done.returncode, json.loads(done.stderr)["code"]),
                         (1, "invitation_for_agent"))
        self.assertFalse(district.data.exists())
        agent = self.agent("melati")
        done = agent.run_command("join", for_district, "--json")
        self.assertEqual((done.returncode, json.loads(done.stderr)["code"]),
                         (1, "invitation_for_district"))
        self.assertFalse(agent.data.exists())
        self.assertEqual(agent.join(for_agent).returncode, 0)
        self.joined(district=district)
        # No directory is two nodes.
        for one, link in ((nodes.District(agent.data), for_district),
                          (nodes.Agent(district.data), for_agent)):
            done = one.run_command("join", link, "--json")
            self.assertEqual(json.loads(done.stderr)["code"], "store_exists", done.stderr)

    def test_ASecondDistrictCannotUseTheInvitationAndMayBeGivenANewOne(self):
        link = self.hub_node.invite(DISTRICT, "Dinkes Mimika", "district")
        self.assertEqual(self.district().join(link).returncode, 0)
        other = self.district("other")
        done = other.join(link)
        self.assertEqual(done.returncode, 4, done.stderr)
        # A new one takes its place at once, although the refused link rests for an hour.
        other.start()
        other.daemon.wait_for_line("refused this device: not_enrolled")
        self.joined(district=other)
        self.wait_held(other)
        self.assertEqual(len(other.status()["hubs"]), 1)

    def test_ARevokedDistrictReceivesNothingMoreAndKeepsWhatItHas(self):
        district = self.joined().start()
        agent = self.post()
        self.put(agent, 1, 20)
        agent.wait_durable()
        held = self.wait_held(district)["offset"]
        self.hub_node.answer("revoke", DISTRICT)
        nodes.wait_until("told", lambda: district.hub(HUB).get("refusedByHub") == "revoked")
        self.put(agent, 2, 20)
        agent.wait_durable()
        there = district.hub(HUB)
        self.assertFalse(there["connected"])
        # The revocation itself may still have been sent.
        self.assertLessEqual(there["offset"], held + 1)
        self.assertGreaterEqual(len(district.tail()), held)
        link = self.hub_node.invite(DISTRICT, "Dinkes Mimika", "district")
        for running in (True, False):
            if not running:
                district.stop()
            done = district.join(link)
            self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
            self.assertIn(b"revoked", done.stderr)

    def test_APartOfTheDataComesWithoutTheJournalAndSaysSo(self):
        printed = self.hub_node.answer("invite", "--facility", DISTRICT, "--name", "Program Gizi",
                                       "--kind", "district", "--types", "GrowthMeasurement")
        district = self.district()
        self.assertEqual(district.join(printed.decode().split()[-1]).returncode, 0)
        district.start()
        agent = self.post()
        self.put(agent, 1, 100)
        agent.wait_durable()
        growths = len(self.hub_node.records("GrowthMeasurement"))
        self.assertGreater(growths, 0)
        nodes.wait_until("its records are here",
                         lambda: len(district.records("GrowthMeasurement")) == growths)
        there = district.hub(HUB)
        self.assertEqual((there["custodian"], there["events"]), (False, 0))
        self.assertEqual(district.records("Person"), [])
        done = district.run_command("tail", "--feed", "events")
        self.assertEqual((done.returncode, done.stdout), (0, b""))
        self.assertIn(b"does not send its journal", done.stderr)
        self.assertIn(b"changes only", district.answer("status"))
        self.assertEqual({change["type"] for change in district.tail("--feed", "changes")},
                         {"GrowthMeasurement"})

    def test_WhatIsMissingEndsWithItsOwnExitCode(self):
        nowhere = nodes.District(self.directory / "nowhere")
        for name in ("status", "tail", "run"):
            done = nowhere.run_command(name)
            self.assertEqual(done.returncode, 3, (name, done.stderr))
        self.assertEqual(nowhere.run_command("tail", "--feed", "nothing").returncode, 2)
        self.assertEqual(nowhere.join("titip://broken").returncode, 1)
        district = self.joined().start()
        done = district.run_command("run", "--http", "127.0.0.1:0")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertTrue(district.daemon.running())


if __name__ == "__main__":
    unittest.main()
