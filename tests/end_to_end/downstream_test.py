#!/usr/bin/env python3
"""What a hub sends down: a referral to its addressee and the answer back, a child who moves, and nothing
to a post that it does not concern."""

import http.client
import json
import unittest
import urllib.parse

from harness import EndToEndTest, nodes

OLD_POST = "K9404001"
NEW_POST = "K9404002"
PUSTU = "T9404001"
PROMPT_SECONDS = 20


def event(type_name, ref, set_fields, **more):
    return json.dumps({"type": type_name, "ref": ref, "by": "kader-01", "set": set_fields, **more})


class DownstreamTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.hub_node = self.hub().start()
        self.old = self.enrolled(self.hub_node, OLD_POST).start()
        self.new = self.enrolled(self.hub_node, NEW_POST).start()
        self.pustu = self.enrolled(self.hub_node, PUSTU, kind="pustu").start()

    def save(self, node, *lines):
        done, results = node.put(list(lines))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [result["id"] for result in results]

    def get(self, node, type_name, record):
        done = node.run_command("get", type_name, record)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def wait_get(self, node, type_name, record, holds=lambda shown: True):
        def there():
            shown = self.get(node, type_name, record)
            return shown if shown is not None and holds(shown) else None
        return nodes.wait_until(f"{type_name} at {node.data.name}", there, PROMPT_SECONDS)

    def wait_gone(self, node, type_name, record):
        nodes.wait_until(f"{type_name} forgotten at {node.data.name}",
                         lambda: self.get(node, type_name, record) is None, PROMPT_SECONDS)

    def child_at_the_old_post(self):
        child = {"name": "Anak Pindah", "sex": "female", "birthDate": "2023-05-02",
                 "facility": OLD_POST}
        doses = [event("Immunization", f"dose-{n}", {"person": {"ref": "child"}, "antigen": "bcg",
                                                     "date": f"2023-06-0{n}"}) for n in (1, 2)]
        ids = self.save(self.old, event("Person", "child", child), *doses)
        self.old.wait_durable()
        return ids

    def test_AReferralReachesItsAddresseeAndTheAnswerComesBack(self):
        person, referral = self.save(
            self.old, event("Person", "child", {"name": "Anak Rujuk", "facility": OLD_POST}),
            event("Referral", "referral", {"person": {"ref": "child"}, "date": "2024-10-15",
                                           "toFacility": PUSTU, "complaint": "Berat turun"}))
        arrived = self.wait_get(self.pustu, "Referral", referral)
        self.assertEqual(arrived["set"]["complaint"], "Berat turun")
        self.assertTrue(arrived["fromElsewhere"])
        self.assertNotIn("receipt", arrived, "nothing of it was recorded there")
        patient = self.wait_get(self.pustu, "Person", person)
        self.assertEqual(patient["set"]["name"], "Anak Rujuk")

        self.save(self.pustu, event("Referral", "answer", {"answer": "Diberi PMT"}, id=referral,
                                    version=arrived["version"]))
        answered = self.wait_get(self.old, "Referral", referral,
                                 lambda shown: "answer" in shown["set"])
        self.assertEqual(answered["set"]["answer"], "Diberi PMT")
        self.assertFalse(answered["waiting"])
        self.assertTrue(answered["fromElsewhere"])
        self.assertFalse(answered["underReview"])
        self.assertIsNone(self.get(self.new, "Referral", referral), "it is none of their business")
        self.assertIsNone(self.get(self.new, "Person", person))

    def test_AChildWhoMovesBringsHerImmunisationsAndTheOldPostForgetsHer(self):
        child, first, second = self.child_at_the_old_post()
        self.assertIsNone(self.get(self.new, "Person", child))
        self.save(self.hub_node, event("Person", "moved", {"facility": NEW_POST}, id=child))
        moved = self.wait_get(self.new, "Person", child)
        self.assertEqual(moved["set"]["name"], "Anak Pindah")
        for dose in (first, second):
            self.wait_get(self.new, "Immunization", dose)
            self.wait_gone(self.old, "Immunization", dose)
        self.wait_gone(self.old, "Person", child)
        self.assertEqual(self.old.status()["durableAtHub"], 3, "the receipts of the old post stay")
        # What is recorded of her from now on reaches her new post only.
        dose, = self.save(self.hub_node,
                          event("Immunization", "dose-9", {"person": child, "antigen": "measlesRubella",
                                                           "date": "2024-02-02"}))
        self.wait_get(self.new, "Immunization", dose)
        self.assertIsNone(self.get(self.old, "Immunization", dose))

    def test_WhatComesIsToldToAppsAtOnceAndIsNotSentTwice(self):
        child, *_ = self.child_at_the_old_post()
        stream = http.client.HTTPConnection(urllib.parse.urlsplit(self.new.http).netloc,
                                            timeout=PROMPT_SECONDS)
        self.addCleanup(stream.close)
        stream.request("GET", "/v1/updates")
        lines = stream.getresponse()
        self.assertEqual(lines.status, 200)
        self.save(self.hub_node, event("Person", "moved", {"facility": NEW_POST}, id=child))
        told = []
        while child not in told:
            line = lines.readline().decode()
            if line.startswith("data: {"):
                told.append(json.loads(line[len("data: "):]).get("id"))
        received = nodes.wait_until(
            "the child and her doses", lambda: (self.new.status()["receivedFromHub"] >= 3
                                                and self.new.status()["receivedFromHub"]),
            PROMPT_SECONDS)
        for node in (self.new, self.hub_node):
            node.stop()
            node.start()
        nodes.wait_until("connected again", lambda: self.new.status()["connected"], 60)
        self.save(self.hub_node, event("Person", "phone", {"phone": "081200"}, id=child))
        self.wait_get(self.new, "Person", child, lambda shown: "phone" in shown["set"])
        self.assertEqual(self.new.status()["receivedFromHub"], received + 1)

    def test_AnOfflineEditStandsOnTopUntilTheHubHasAppliedIt(self):
        child, *_ = self.child_at_the_old_post()
        self.save(self.hub_node, event("Person", "phone", {"phone": "081211"}, id=child))
        self.wait_get(self.old, "Person", child, lambda shown: "phone" in shown["set"])
        self.old.stop()
        self.save(self.old, event("Person", "phone-2", {"phone": "081222"}, id=child))
        shown = self.get(self.old, "Person", child)
        self.assertEqual((shown["set"]["phone"], shown["waiting"]), ("081222", True))
        # Meanwhile someone else writes another field.
        self.save(self.hub_node, event("Person", "address", {"address": "Jalan Baru"}, id=child))
        self.old.start()
        shown = self.wait_get(self.old, "Person", child, lambda shown: "address" in shown["set"])
        self.assertEqual(shown["set"]["phone"], "081222", "it never flickers back")
        self.old.wait_durable()
        at_hub = self.get(self.hub_node, "Person", child)
        self.assertEqual(at_hub["set"], self.get(self.old, "Person", child)["set"])
        self.assertNotIn("conflicts", at_hub)


if __name__ == "__main__":
    unittest.main()
