#!/usr/bin/env python3
"""What people type, with the daemons running and without: answers, exit codes and messages."""

import json
import unittest

from harness import EndToEndTest, nodes

BIN = nodes.binary_dir()
PERSON = {"type": "Person", "ref": "p-1", "by": "kader-03", "at": "2024-10-15T09:12:00+09:00",
          "set": {"name": "Anak Satu", "sex": "female", "birthDate": "2023-10-15"}}
GROWTH = {"type": "GrowthMeasurement", "ref": "g-1", "by": "kader-03",
          "at": "2024-10-15T09:13:00+09:00",
          "set": {"person": {"ref": "p-1"}, "date": "2024-10-15", "weightGrams": 9200,
                  "lengthMillimetres": 731, "posture": "lying"}}


def changed(event, ref=None, **fields):
    copy = {**event, "set": {**event["set"], **fields}}
    if ref:
        copy["ref"] = ref
    return copy


def as_lines(*events):
    return [json.dumps(event) for event in events]


class CommandsTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.hub = self.hub()

    def joined(self, running):
        if running:
            self.hub.start()
        agent = self.agent("melati")
        if not running:
            self.hub.start()
        done = agent.join(self.hub.invite("K9404001", "Posyandu Melati"))
        self.assertEqual(done.returncode, 0, done.stderr)
        if running:
            agent.start()
        else:
            self.hub.stop()
        return agent

    def check_agent(self, agent):
        done, results = agent.put(as_lines(PERSON, GROWTH))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([r["line"] for r in results], [1, 2])
        self.assertEqual([r["ref"] for r in results], ["p-1", "g-1"])
        person, growth = (r["id"] for r in results)
        self.assertRegex(person, r"^[0-9a-f]{16}$")

        again, repeated = agent.put(as_lines(PERSON, GROWTH))
        self.assertEqual(again.returncode, 0)
        self.assertEqual([r["id"] for r in repeated], [person, growth])
        other, refused = agent.put(as_lines(changed(PERSON, name="Anak Dua")))
        self.assertEqual(other.returncode, 1)
        self.assertEqual(refused[0]["code"], "ref_reused")
        self.assertEqual(agent.status()["saved"], 2)

        got = json.loads(agent.answer("get", "GrowthMeasurement", growth))
        self.assertEqual(got["set"], {**GROWTH["set"], "person": person})
        self.assertEqual([r["id"] for r in agent.records("Person")], [person])
        self.assertEqual(agent.run_command("get", "Person", "0" * 16).returncode, 1)
        self.assertNotEqual(agent.run_command("get", "Nothing", person).returncode, 0)
        return person, growth

    def check_bad_lines(self, agent):
        lines = [json.dumps(changed(GROWTH, "g-2", weightGrams=99999)), "{", "", "[]",
                 json.dumps({**PERSON, "ref": "p-2", "surprise": 1}),
                 json.dumps(changed(GROWTH, "g-3", person={"ref": "nobody"})),
                 json.dumps(changed(PERSON, "p-3", nik="1234567890123456")),
                 json.dumps(changed(GROWTH, "g-4", weightGrams=9100))]
        done, results = agent.put(lines)
        self.assertEqual(done.returncode, 1)
        self.assertEqual([r["line"] for r in results], [1, 2, 4, 5, 6, 7, 8])
        self.assertEqual([r.get("code") for r in results],
                         ["out_of_range", "not_json", "wrong_json_type", "unknown_key",
                          "unknown_ref", "bad_nik", None])
        for limit in ("500", "40000", "99999"):
            self.assertIn(limit, results[0]["message"])
        self.assertNotIn(b"1234567890123456", done.stdout + done.stderr)
        self.assertIn("id", results[-1])

    def test_EveryCommandOfAnAgentWorksWhileItRuns(self):
        agent = self.joined(running=True)
        self.check_agent(agent)
        self.check_bad_lines(agent)
        agent.wait_durable()

    def test_EveryCommandOfAnAgentWorksWhileNothingRuns(self):
        agent = self.joined(running=False)
        self.check_agent(agent)
        self.check_bad_lines(agent)
        text = agent.answer("status").decode()
        print(text)
        self.assertIn("Posyandu Melati", text)
        self.assertIn("not running", text)

    def test_EveryCommandOfAHubAnswersTheSameWhetherItRunsOrNot(self):
        agent = self.joined(running=True)
        person, _ = self.check_agent(agent)
        agent.wait_durable()
        agent.stop()
        running = self.answers_of_hub(person)
        print(self.hub.answer("status").decode())
        self.assertEqual(self.hub.stop(), 0)
        self.assertEqual(self.answers_of_hub(person), running)
        print(self.hub.answer("status").decode())

    def answers_of_hub(self, person):
        hub = self.hub
        status = hub.status()
        self.assertEqual((status["quarantined"], status["conflicts"]), (0, 0))
        node = hub.node_of("K9404001")
        self.assertEqual((node["have"], node["behindEvents"], node["revoked"]), (2, 0, False))
        self.assertEqual(node["kind"], "posyandu")
        events = hub.events()
        after = hub.events("--after", str(events[-2]["offset"]))
        self.assertEqual(after, events[-1:])
        self.assertEqual(hub.events("--limit", "1"), events[:1])
        for event in events[-2:]:
            self.assertEqual(event["facility"], "K9404001")
            self.assertEqual(event["node"], node["node"])
        self.assert_verified(hub)
        return {"events": events, "person": json.loads(hub.answer("get", "Person", person)),
                "persons": hub.records("Person"), "growths": hub.records("GrowthMeasurement"),
                "offset": status["offset"]}

    def test_TheStatusOfAnAgentTellsAPersonWhatIsHappening(self):
        agent = self.joined(running=True)
        agent.put(as_lines(PERSON, GROWTH))
        agent.wait_durable()
        agent.daemon.wait_for_line("holds everything")
        for language, words in (("en", ["Connected to the hub", "Durable at the hub"]),
                                ("id", ["Terhubung dengan hub", "Aman di hub"])):
            text = agent.answer("status", "--lang", language).decode()
            print(text)
            for word in words:
                self.assertIn(word, text)
        status = agent.status()
        for key in ("node", "facility", "hub", "connected", "saved", "durableAtHub",
                    "durableAtDistrict", "quarantined", "oldestUnsentSeconds", "lastSync",
                    "bytesSent", "bytesReceived", "hubEpoch", "cursor"):
            self.assertIn(key, status)
        self.assertTrue(status["connected"])
        self.assertGreater(status["bytesSent"], 0)
        print("\n".join(agent.daemon.lines))
        self.assertEqual(agent.stop(), 0)

    def test_ASecondDaemonOnADataDirectoryEndsWithThree(self):
        agent = self.joined(running=True)
        for node in (agent, self.hub):
            done = node.run_command("run", "--http", "127.0.0.1:0")
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertTrue(done.stderr)
        self.assertTrue(agent.daemon.running() and self.hub.daemon.running())

    def test_WhatIsMissingOrMistypedEndsWithItsOwnExitCode(self):
        nowhere = self.directory / "nowhere"
        for program, name, *rest in (("titip-agent", "status"), ("titip-agent", "put"),
                                     ("titip-agent", "run"), ("titip-hub", "status"),
                                     ("titip-hub", "run"), ("titip-hub", "verify"),
                                     ("titip-hub", "list", "Person")):
            done = nodes.command([BIN / program, name, "--data", nowhere, *rest])
            self.assertEqual(done.returncode, 3, (program, name, done.stderr))
            self.assertTrue(done.stderr)
            self.assertFalse(nowhere.exists())
        for arguments in (["titip-agent"], ["titip-agent", "dance"], ["titip-agent", "put"],
                          ["titip-agent", "status", "--data", nowhere, "--nonsense"],
                          ["titip-hub", "init", "--data", nowhere],
                          ["titip-hub", "invite", "--data", self.hub.data, "--facility", "K1",
                           "--name", "x", "--kind", "palace"],
                          ["titip-hub", "events", "--data", self.hub.data, "--after", "minus"]):
            done = nodes.command([BIN / arguments[0], *arguments[1:]])
            self.assertEqual(done.returncode, 2, (arguments, done.stderr))
        self.assertEqual(nodes.command([BIN / "titip-hub", "--help"]).returncode, 0)
        again = nodes.command([BIN / "titip-hub", "init", "--data", self.hub.data, "--facility",
                               "P2", "--name", "Lain"])
        self.assertEqual(again.returncode, 3, again.stderr)
        failed = nodes.command([BIN / "titip-agent", "status", "--data", nowhere, "--json"])
        self.assertEqual(json.loads(failed.stderr)["code"], "no_store")

    def test_JoinSaysItAsJson(self):
        self.hub.start()
        agent = self.agent("K9404009")
        said = json.loads(agent.run_command("join", "--json", self.hub.invite(
            "K9404009", "Posyandu Anggrek")).stdout)
        self.assertEqual(said, {"hub": "P9404010", "facility": "K9404009",
                                "name": "Posyandu Anggrek", "node": agent.status()["node"],
                                "enrolled": True})

    def test_OnlyADistrictIsInvitedToAPartAndItsNodeSaysToWhich(self):
        district = ["invite", "--facility", "DINKES", "--name", "Dinas", "--kind", "district"]
        part = ["--types", "GrowthMeasurement,Person", "--areas", "94.04.01,94.05",
                "--withhold-identifying"]
        for running in (False, True):
            if running:
                self.hub.start()
            for options, said in ((["--types", "Person,Persn"], "GrowthMeasurement"),
                                  (["--types", "Node"], "GrowthMeasurement"),
                                  (["--types", "Person,"], "GrowthMeasurement"),
                                  (["--areas", "94.04,timika"], "--areas")):
                done = self.hub.run_command(*district, *options)
                self.assertEqual(done.returncode, 2, (options, done.stderr))
                self.assertIn(said, done.stderr.decode())
            for options in (["--types", "Person"], ["--areas", "94.04"],
                            ["--withhold-identifying"]):
                done = self.hub.run_command("invite", "--facility", "K1", "--name", "x", "--kind",
                                            "posyandu", "--json", *options)
                self.assertEqual(done.returncode, 2, (options, done.stderr))
                self.assertEqual(json.loads(done.stderr)["code"], "only_districts")
                self.assertIn(options[0], done.stderr.decode())
            link = self.hub.answer(*district, *part).decode().strip()
            if not running:
                self.hub.start()
            office = self.district(f"dinas-{running}")
            done = office.join(link)
            self.assertEqual(done.returncode, 0, done.stderr)
            node = office.status()["hubs"][0]["node"]
            shown = json.loads(self.hub.answer("get", "Node", node))
            fields = shown["set"]
            self.assertEqual(fields["types"], "GrowthMeasurement,Person")
            self.assertEqual(fields["areas"], "94.04.01,94.05")
            self.assertIs(fields["withheld"], True)
            self.hub.stop()

    def test_DataDirectoriesAreTheirOwnersAlone(self):
        agent = self.joined(running=True)
        for node in (agent, self.hub):
            self.assertEqual(node.data.stat().st_mode & 0o777, 0o700)
            self.assertEqual((node.data / "keys.toml").stat().st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main()
