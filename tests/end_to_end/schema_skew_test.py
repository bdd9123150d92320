#!/usr/bin/env python3
"""Nodes of two vocabularies sync, and what one does not know is carried untouched.

The older programs are those of tests/older: fewer types, fields and enumerants, the rest the same.
"""

import json
import unittest

from commands_test import GROWTH, PERSON, as_lines, changed
from harness import EndToEndTest, nodes

BIN = nodes.binary_dir()
REFERRAL = {"type": "Referral", "ref": "r-1", "by": "kader-03",
            "set": {"person": {"ref": "p-1"}, "date": "2024-10-15", "toFacility": "P9404010",
                    "reason": "stunting"}}
DANGER = {"type": "DangerSign", "ref": "d-1", "by": "kader-03",
          "set": {"person": {"ref": "p-1"}, "date": "2024-10-15", "sign": "convulsions"}}
# Fields and an enumerant that the older vocabulary has not.
FULL_PERSON = changed(PERSON, facility="K9404001", disability=True)
FULL_GROWTH = changed(GROWTH, development="inDoubt", note="Perlu dilihat lagi")
FULL_REFERRAL = changed(REFERRAL, reason="elderlyRisk", complaint="Demam")


def event_bytes(*arguments, older=False, lines=None):
    """Lines of hex, one an event, or the one of a batch's body."""
    done = nodes.command([BIN / ("titip-event-bytes-older" if older else "titip-event-bytes"),
                          *arguments], stdin="".join(line + "\n" for line in lines or []))
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    return done.stdout.decode().splitlines()


def journal_of(node):
    return event_bytes("journal", node.data)


class OlderHub(nodes.Hub):
    program = "titip-hub-older"


class SchemaSkewTest(EndToEndTest):
    def a_hub(self, older):
        hub = (OlderHub if older else nodes.Hub)(self.directory / "hub")
        self.started.append(hub)
        return hub.start()

    def an_agent(self, hub, facility, older=False, name=None):
        agent = self.agent(name or facility)
        if older:
            agent.program = "titip-agent-older"
        done = agent.join(hub.invite(facility, "Posyandu " + facility))
        self.assertEqual(done.returncode, 0, done.stderr)
        return agent.start()

    def taken(self, node, *events):
        """The ids of events that must all be taken."""
        done, results = node.put(as_lines(*events))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [result["id"] for result in results]

    def got(self, node, type_name, record):
        done = node.run_command("get", type_name, record)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def assert_never_refused(self, *running):
        """No node hung up on another, or asked for a batch again, for what it does not know."""
        for node in running:
            log = (self.directory / (node.data.name + ".log")).read_text(errors="replace")
            for word in ("undecodable", "incompatible", "forked", "makes no sense"):
                self.assertNotIn(word, log)

    def upgraded(self, hub):
        """`hub` stopped and started again as the program of today."""
        self.assertEqual(hub.stop(), 0)
        hub.program = nodes.Hub.program
        return hub.start()

    def test_AllOfAnOlderAgentArrivesAtANewerHub(self):
        hub = self.a_hub(older=False)
        agent = self.an_agent(hub, "K9404001", older=True)
        done, results = agent.put(as_lines(DANGER, FULL_GROWTH, FULL_REFERRAL))
        self.assertEqual((done.returncode, [r["code"] for r in results]),
                         (1, ["unknown_type", "unknown_field", "unknown_enumerant"]),
                         "it is not the older program")
        _, growth, referral = self.taken(agent, PERSON, GROWTH, REFERRAL)
        self.taken(agent, *(changed(GROWTH, f"more-{n}", weightGrams=6000 + n) for n in range(300)))
        agent.wait_durable()
        self.assertEqual(self.got(hub, "GrowthMeasurement", growth)["set"],
                         self.got(agent, "GrowthMeasurement", growth)["set"])
        self.assertEqual(self.got(hub, "Referral", referral)["set"]["reason"], "stunting")
        self.assertEqual(agent.status()["quarantined"], 0)
        sent = journal_of(agent)
        self.assertEqual(len(sent), 303)
        self.assertEqual(sorted(journal_of(hub)[1:]), sorted(sent))
        self.assert_never_refused(hub, agent)
        self.assert_verified(hub)

    def test_AnOlderAgentKeepsWhatItDoesNotKnowAndItsEditsLoseNothing(self):
        hub = self.a_hub(older=False)
        # Two devices of the post that cares for the child.
        newer = self.an_agent(hub, "K9404001", name="newer")
        older = self.an_agent(hub, "K9404001", older=True, name="older")
        person, growth, _, danger = self.taken(newer, FULL_PERSON, FULL_GROWTH, FULL_REFERRAL,
                                               DANGER)
        nodes.wait_until("the person at the hub", lambda: self.got(hub, "Person", person))
        self.taken(hub, {"type": "Person", "id": person, "by": "bidan-1",
                         "set": {"motherChildBook": True}})
        nodes.wait_until("the person at the older agent",
                         lambda: self.got(older, "Person", person))
        shown = nodes.wait_until("her measurement at the older agent",
                                 lambda: self.got(older, "GrowthMeasurement", growth))
        self.assertEqual(shown["set"], {**GROWTH["set"], "person": person})
        self.assertEqual(older.run_command("get", "DangerSign", danger).returncode, 1)

        self.taken(older, {"type": "GrowthMeasurement", "id": growth, "by": "kader-07",
                           "set": {"weightGrams": 9300}},
                   {"type": "Person", "id": person, "by": "kader-07", "set": {"name": "Anak I"}})
        older.wait_durable()
        known = self.got(older, "GrowthMeasurement", growth)["set"]
        self.assertEqual(known["weightGrams"], 9300)
        for node in (hub, newer):
            got = nodes.wait_until(
                "the edit", lambda node=node: self.with_weight(node, growth, 9300))
            self.assertEqual(got["set"], {**known, "development": "inDoubt",
                                          "note": "Perlu dilihat lagi"})
            self.assertFalse(got["underReview"])
            nodes.wait_until("the other edit", lambda node=node: self.got(
                node, "Person", person)["set"] == {**FULL_PERSON["set"], "name": "Anak I",
                                                   "motherChildBook": True})

        # The same store, opened by the program of today: nothing was lost there either.
        self.assertEqual(older.stop(), 0)
        older.program = nodes.Agent.program
        self.assertEqual(self.got(older, "GrowthMeasurement", growth)["set"], got["set"])
        self.assertEqual(self.got(older, "DangerSign", danger)["set"]["sign"], "convulsions")
        self.assert_never_refused(hub, newer, older)
        self.assert_verified(hub)

    def with_weight(self, node, growth, grams):
        got = self.got(node, "GrowthMeasurement", growth)
        return got if got["set"]["weightGrams"] == grams else None

    def test_AnOlderHubCarriesWhatItDoesNotKnowAndItIsThereAfterAnUpgrade(self):
        hub = self.a_hub(older=True)
        agent = self.an_agent(hub, "K9404001")
        person, growth, referral, danger = self.taken(agent, FULL_PERSON, FULL_GROWTH,
                                                      FULL_REFERRAL, DANGER)
        agent.wait_durable()
        sent = journal_of(agent)
        self.assertEqual(sorted(journal_of(hub)[1:]), sorted(sent))
        got = self.got(hub, "GrowthMeasurement", growth)["set"]
        self.assertEqual(got, {**GROWTH["set"], "person": person})
        self.assertEqual(self.got(hub, "Referral", referral)["set"]["reason"], 7)
        unknown = [e for e in hub.events() if e.get("unknownFields")]
        self.assertEqual({e["ref"] for e in unknown}, {"p-1", "g-1", "r-1", "d-1"})
        self.assertEqual([e["quarantined"] for e in hub.events() if "quarantined" in e],
                         ["unknown_type"])
        nodes.wait_until("the outcome at the agent", lambda: agent.status()["quarantined"] == 1)
        before = hub.status()["offset"]

        self.upgraded(hub)
        for type_name, record, event in (("Person", person, FULL_PERSON),
                                         ("GrowthMeasurement", growth, FULL_GROWTH),
                                         ("Referral", referral, FULL_REFERRAL),
                                         ("DangerSign", danger, DANGER)):
            here = {key: value if key != "person" else person
                    for key, value in event["set"].items()}
            self.assertEqual(self.got(hub, type_name, record)["set"], here)
        self.assertEqual(hub.status()["quarantined"], 0)
        applied = [e for e in hub.events() if "applied" in e]
        self.assertEqual([(e["facility"], e["lane"], e["seq"], e["offset"]) for e in applied],
                         [("K9404001", "urgent", 2, before + 1)])
        self.assertFalse([e for e in hub.events() if "quarantined" in e])
        nodes.wait_until("the agent hears that it was applied",
                         lambda: agent.status()["quarantined"] == 0)

        # Another opening finds nothing more to apply; what comes now has seen what was applied.
        self.upgraded(hub)
        self.taken(agent, {"type": "DangerSign", "id": danger, "by": "kader-03",
                           "set": {"sign": "bleeding"}})
        agent.wait_durable()
        self.assertEqual(self.got(hub, "DangerSign", danger)["set"]["sign"], "bleeding")
        self.assertNotIn("conflicts", self.got(hub, "DangerSign", danger))
        self.assertEqual(hub.status()["offset"], before + 2)
        self.assert_never_refused(hub, agent)
        self.assert_verified(hub)

    def test_WhatWasParkedReachesTheOtherPostsAfterTheUpgrade(self):
        hub = self.a_hub(older=True)
        author = self.an_agent(hub, "K9404001")
        other = self.an_agent(hub, "K9404002")
        person, = self.taken(author, changed(FULL_PERSON, facility="K9404002"))
        danger, = self.taken(author, {**DANGER, "set": {**DANGER["set"], "person": person}})
        author.wait_durable()
        nodes.wait_until("the outcome at the author", lambda: author.status()["quarantined"] == 1)
        self.assertIsNone(self.got(other, "DangerSign", danger))
        self.upgraded(hub)
        got = nodes.wait_until("the danger sign at the post that cares for the child",
                               lambda: self.got(other, "DangerSign", danger))
        self.assertEqual(got["set"]["sign"], "convulsions")

    def test_ABatchCostsAsLittleBetweenTwoVocabularies(self):
        hub = self.a_hub(older=False)
        agent = self.an_agent(hub, "K9404001")
        agent.put(nodes.generate("K9404001", 5, 600))
        self.taken(agent, FULL_PERSON, FULL_GROWTH, FULL_REFERRAL, DANGER)
        agent.wait_durable()
        events = journal_of(agent)
        newer, = event_bytes("encode", lines=events)
        older, = event_bytes("encode", lines=events, older=True)
        for body in (newer, older):
            for reader_is_older in (False, True):
                self.assertEqual(event_bytes("decode", lines=[body], older=reader_is_older), events)
        # In hex. Both know what the dictionary taught them, whatever their schema says.
        self.assertEqual(len(newer), len(older))
        self.assertLess(len(newer) / 2 / len(events), 12)

    def test_MuchThatAnOlderHubDoesNotKnowArrivesOnceAndIsAppliedOnce(self):
        hub = self.a_hub(older=True)
        agent = self.an_agent(hub, "K9404001")
        done, results = agent.put(nodes.generate("K9404001", 7, 1500))
        self.assertEqual(done.returncode, 0)
        agent.wait_durable()
        sent = journal_of(agent)
        self.assertEqual(sorted(journal_of(hub)[1:]), sorted(sent))
        parked = hub.status()["quarantined"]
        self.assertGreater(parked, 300)
        # An Ack names 256 of them; what it has no room for is told in the next Welcome.
        nodes.wait_until("the outcomes at the agent", lambda: agent.status()["quarantined"] >= 256)
        self.upgraded(hub)
        self.assertEqual(hub.status()["quarantined"], 0)
        self.assertEqual(hub.status()["offset"], 1 + len(sent) + parked)
        self.assertEqual(len([e for e in journal_of(hub) if e == ""]), parked)
        for type_name in ("Person", "GrowthMeasurement", "Immunization", "Supplement", "AncVisit"):
            self.assertEqual({r["id"]: r["set"] for r in hub.records(type_name)},
                             {r["id"]: r["set"] for r in agent.records(type_name)})
        self.assert_never_refused(hub, agent)
        self.assert_verified(hub)
        # A Welcome has room for some outcomes only; the next one goes on.
        for _ in range(1 + parked // 200):
            agent.stop()
            agent.start()
            nodes.wait_until("the next Welcome", lambda: agent.status()["connected"])
        nodes.wait_until("the agent hears of all", lambda: agent.status()["quarantined"] == 0)


if __name__ == "__main__":
    unittest.main()
