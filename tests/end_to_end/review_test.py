#!/usr/bin/env python3
"""What posts wrote without knowing of each other is put before the Puskesmas's people, who settle it."""

import json
import re
import unittest

from downstream_test import event
from harness import EndToEndTest, nodes
from http_test import exchange

POST = "K9404001"
PROMPT_SECONDS = 30
NIK = "9404015708950001"
OTHER_NIK = "9404015708950002"


class ReviewTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.its_hub = self.hub().start()
        self.first, self.second = self.device("tablet-1"), self.device("tablet-2")
        self.everyone = (self.its_hub, self.first, self.second)

    def device(self, name):
        """One of several of the same post."""
        device = self.agent(name)
        done = device.join(self.its_hub.invite(POST, name))
        self.assertEqual(done.returncode, 0, done.stderr)
        return device.start()

    def save(self, node, *lines):
        done, results = node.put(list(lines))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [result["id"] for result in results]

    def get(self, node, record, type_name="Person"):
        done = node.run_command("get", type_name, record)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def wait_get(self, node, record, holds, type_name="Person"):
        def there():
            shown = self.get(node, record, type_name)
            return shown if shown is not None and holds(shown) else None
        return nodes.wait_until(f"{record} at {node.data.name}", there, PROMPT_SECONDS)

    def conflicts(self, *options):
        return nodes.json_lines(self.its_hub.answer("conflicts", "--json", *options))

    def child(self, **more):
        """A child that both devices hold."""
        record, = self.save(self.first, event("Person", "child", {
            "name": "Anak Tinjau", "facility": POST, "birthDate": "2024-01-01", **more}))
        for node in self.everyone:
            self.wait_get(node, record, lambda shown: not shown["waiting"])
        return record

    def apart(self, record, first, second):
        """Each device writes while it cannot know what the other writes."""
        for device in (self.first, self.second):
            self.assertEqual(device.stop(), 0)
        self.save(self.first, first)
        self.save(self.second, second)
        for device in (self.first, self.second):
            device.start()
            device.wait_durable()

    def contested_birth_date(self):
        record = self.child()
        self.apart(record,
                   event("Person", "b-1", {"birthDate": "2024-02-02"}, id=record),
                   json.dumps({"type": "Person", "ref": "b-2", "by": "kader-02", "id": record,
                               "set": {"birthDate": "2024-03-03"}}))
        for node in self.everyone:
            shown = self.wait_get(node, record, lambda shown: shown["underReview"])
            self.assertEqual({value["value"] for value in shown["conflicts"]["birthDate"]},
                             {"2024-02-02", "2024-03-03"})
        return record

    def resolve(self, record, *options, language="en", fails=None):
        done = self.its_hub.run_command("resolve", record, "--lang", language, *options)
        if fails is None:
            self.assertEqual(done.returncode, 0, done.stderr)
        else:
            self.assertEqual(done.returncode, fails, done.stdout + done.stderr)
            self.assertEqual(done.stdout, b"")
        return done

    def numbers(self, conflict, field):
        found, = [one for one in conflict["fields"] if one["field"] == field]
        return {str(value["value"]): value["n"] for value in found["values"]}

    def settled(self, record, holds):
        """Everyone shows what `holds`, and nothing is under review."""
        for node in self.everyone:
            shown = self.wait_get(node, record,
                                  lambda shown: holds(shown) and not shown["underReview"])
            self.assertNotIn("conflicts", shown)
        self.assertEqual(self.conflicts(), [])
        self.assertEqual(self.its_hub.status()["conflicts"], 0)

    def test_TwoDatesOfBirthAreShownWithTheirAuthorsAndOneIsTaken(self):
        record = self.contested_birth_date()
        self.assertEqual(self.its_hub.status()["conflicts"], 1)
        self.assertIn("titip_conflicts 1", exchange(self.its_hub.http, "GET", "/metrics")[1])
        conflict, = self.conflicts()
        self.assertEqual((conflict["type"], conflict["id"], conflict["underReview"]),
                         ("Person", record, True))
        field, = conflict["fields"]
        self.assertEqual((field["field"], field["policy"]), ("birthDate", "review"))
        values = {value["value"]: value for value in field["values"]}
        self.assertEqual({date: value["by"] for date, value in values.items()},
                         {"2024-02-02": "kader-01", "2024-03-03": "kader-02"})
        for value in values.values():
            self.assertEqual(value["facility"], POST)
            self.assertIn(value["confidence"], ("anchored", "wall", "clamped"))
            self.assertRegex(value["at"] + value["correctedAt"], r"T\d\d:.*T\d\d:")
        self.assertEqual(len([value for value in values.values() if value["shown"]]), 1)
        known = {node["node"] for node in nodes.json_lines(self.its_hub.answer("nodes", "--json"))}
        self.assertEqual({value["node"] for value in values.values()}, known)
        self.assert_listed_for_people(conflict)

        number = values["2024-03-03"]["n"]
        self.resolve(record, "--take", str(number), "--note", "Menurut akta lahir", "--by",
                     "bidan-1", "--seen", conflict["version"])
        self.settled(record, lambda shown: shown["set"]["birthDate"] == "2024-03-03")
        decision = self.its_hub.events()[-1]
        self.assertEqual((decision["op"], decision["note"], decision["by"]),
                         ("resolve", "Menurut akta lahir", "bidan-1"))
        self.assertEqual(set(decision["settles"]), {value["event"] for value in values.values()})
        self.assertEqual(decision["set"], {"birthDate": "2024-03-03"})
        self.assertIn("titip_conflicts 0", exchange(self.its_hub.http, "GET", "/metrics")[1])

    def assert_listed_for_people(self, conflict):
        for language, words in (("id", ("Tanggal lahir", "perlu diputuskan", "Putuskan: ")),
                                ("en", ("Birth date", "to be decided", "Decide: "))):
            text = self.its_hub.answer("conflicts", "--lang", language).decode()
            for word in (*words, conflict["id"], conflict["version"], "Anak Tinjau", "kader-01",
                         "kader-02", "2024-02-02", "2024-03-03"):
                self.assertIn(word, text)
            status = self.its_hub.answer("status", "--lang", language).decode()
            self.assertRegex(status, r"(Perlu diputuskan|To be decided) +1\n")
            self.assertEqual(exchange(self.its_hub.http, "GET",
                                      f"/v1/conflicts?form=text&lang={language}")[1], text)

    def test_ADecisionOnWhatHasChangedSinceIsRefusedAndChangesNothing(self):
        record = self.contested_birth_date()
        conflict, = self.conflicts()
        self.save(self.second, event("Person", "phone", {"phone": "081200"}, id=record))
        self.wait_get(self.its_hub, record, lambda shown: "phone" in shown["set"])
        before = self.its_hub.status()["offset"]
        for language, word in (("id", "belum ada yang diputuskan"), ("en", "nothing was settled")):
            done = self.resolve(record, "--take", "1", "--seen", conflict["version"],
                                language=language, fails=1)
            self.assertIn(word, done.stderr.decode())
        status, body = self.post(record, {"take": 1, "seen": conflict["version"]})
        self.assertEqual((status, json.loads(body)["code"]), (409, "seen_older"))
        self.assertEqual(self.its_hub.status()["offset"], before)
        self.assertTrue(self.get(self.its_hub, record)["underReview"])

    def post(self, record, decision, type_name="Person"):
        return exchange(self.its_hub.http, "POST", f"/v1/conflicts/{type_name}/{record}", decision)

    def test_HttpListsAndSettlesAsTheCommandsDo(self):
        record = self.contested_birth_date()
        status, body = exchange(self.its_hub.http, "GET", "/v1/conflicts")
        self.assertEqual(status, 200)
        conflict = json.loads(body)
        self.assertEqual([conflict], self.conflicts())
        self.assertEqual(exchange(self.its_hub.http, "GET", "/v1/conflicts?type=Referral")[1], "")
        self.assertEqual(exchange(self.its_hub.http, "GET", "/v1/conflicts?type=Nope")[0], 422)
        seen = conflict["version"]
        for decision, expected in (({"take": 9, "seen": seen}, (422, "no_such_choice")),
                                   ({"take": 1}, (422, "missing_key")),
                                   ({"set": {"name": "Lain"}, "seen": seen}, (422, "not_contested")),
                                   ({"set": {"birthDate": "2024-02-30"}, "seen": seen},
                                    (422, "bad_date"))):
            status, body = self.post(record, decision)
            self.assertEqual((status, json.loads(body)["code"]), expected)
        for where in ("0123456789abcdef", "nonsense"):
            self.assertEqual(self.post(where, {"take": 1, "seen": seen})[0], 404)
        self.assertEqual(self.post(record, {"take": 1, "seen": seen}, "Nope")[0], 404)
        status, body = self.post(record, {"set": {"birthDate": "2024-04-04"}, "seen": seen})
        self.assertEqual(status, 201, body)
        answer = json.loads(body)
        self.assertEqual((answer["id"], answer["underReview"]), (record, False))
        self.settled(record, lambda shown: shown["set"]["birthDate"] == "2024-04-04")
        self.assertEqual(self.get(self.its_hub, record)["version"], answer["version"])

    def retracted_and_edited(self, phone):
        record = self.child()
        self.apart(record, json.dumps({"type": "Person", "op": "retract", "id": record}),
                   event("Person", "edit", {"phone": phone}, id=record))
        for node in self.everyone:
            shown = self.wait_get(node, record, lambda shown: shown["underReview"])
            self.assertTrue(shown["alive"])
        conflict, = self.conflicts()
        return record, conflict, self.numbers(conflict, "alive")

    def test_ARetractionAgainstAnEditIsUndone(self):
        record, conflict, number = self.retracted_and_edited("081211")
        self.resolve(record, "--take", f"alive:{number['True']}", "--seen", conflict["version"])
        self.settled(record, lambda shown: shown["alive"])
        for node in self.everyone:
            self.assertEqual(self.get(node, record)["set"]["phone"], "081211")

    def test_ARetractionAgainstAnEditStands(self):
        record, conflict, number = self.retracted_and_edited("081222")
        text = self.its_hub.answer("conflicts", "--lang", "id").decode()
        self.assertIn("Dibatalkan di satu tempat, dipakai di tempat lain", text)
        self.assertIn(": 081222\n", text, "what would be lost with it")
        self.resolve(record, "--take", str(number["False"]), "--seen", conflict["version"])
        self.settled(record, lambda shown: not shown["alive"])

    def test_WhatARuleChoseIsListedOnlyWhenAskedFor(self):
        record = self.child()
        self.apart(record, event("Person", "p-1", {"phone": "081201"}, id=record),
                   event("Person", "p-2", {"phone": "081202"}, id=record))
        shown = self.wait_get(self.its_hub, record, lambda shown: "conflicts" in shown)
        self.assertFalse(shown["underReview"])
        self.assertEqual(self.conflicts(), [])
        self.assertEqual(self.its_hub.status()["conflicts"], 0)
        self.assertIn("Nothing needs to be decided", self.its_hub.answer("conflicts").decode())
        conflict, = self.conflicts("--all")
        self.assertFalse(conflict["underReview"])
        self.assertIn("chosen by rule", self.its_hub.answer("conflicts", "--all").decode())
        self.assertEqual(self.conflicts("--all", "--type", "Referral"), [])
        number = self.numbers(conflict, "phone")["081201"]
        self.resolve(record, "--take", f"phone:{number}", "--seen", conflict["version"])
        self.settled(record, lambda shown: shown["set"]["phone"] == "081201")
        self.assertEqual(self.conflicts("--all"), [])

    def test_EveryCommandWorksWithoutTheDaemonToo(self):
        record = self.contested_birth_date()
        by_daemon = self.conflicts()
        self.assertEqual(self.its_hub.stop(), 0)
        conflict, = self.conflicts()
        self.assertEqual([conflict], by_daemon)
        for options, said in ((("--take", "7"), b"only 1 to 2"),
                              (("--set", "name=Lain"), b"Nothing is in conflict here")):
            done = self.resolve(record, *options, "--seen", conflict["version"], fails=1)
            self.assertIn(said, done.stderr)
        done = self.resolve(record, "--set", "birthDate=2024-05-05", "--seen", conflict["version"],
                            "--json")
        self.assertFalse(json.loads(done.stdout)["underReview"])
        self.its_hub.start()
        self.settled(record, lambda shown: shown["set"]["birthDate"] == "2024-05-05")
        self.assert_verified(self.its_hub)

    def test_TwoNiksAreMaskedForPeopleAndNoMessageEverShowsOne(self):
        record = self.child()
        self.apart(record, event("Person", "n-1", {"nik": NIK}, id=record),
                   event("Person", "n-2", {"nik": OTHER_NIK}, id=record))
        self.wait_get(self.its_hub, record, lambda shown: shown["underReview"])
        conflict, = self.conflicts()
        self.assertEqual(set(self.numbers(conflict, "nik")), {NIK, OTHER_NIK})
        said = []
        for language in ("id", "en"):
            text = self.its_hub.answer("conflicts", "--all", "--lang", language).decode()
            self.assertIn("940401********01", text)
            self.assertIn("940401********02", text)
            said.append(text)
            for running in (True, False):
                said += self.wrong_input(record, conflict["version"], language)
                if running:
                    self.its_hub.stop()
            self.its_hub.start()
        self.resolve(record, "--take", str(self.numbers(conflict, "nik")[NIK]), "--seen",
                     conflict["version"])
        self.settled(record, lambda shown: shown["set"]["nik"] == NIK)
        said.append(self.its_hub.answer("status").decode())
        said.append(exchange(self.its_hub.http, "GET", "/metrics")[1])
        said += [log.read_text() for log in self.directory.glob("*.log")]
        for text in said:
            self.assertIsNone(re.search(r"94040157", text), text)

    def wrong_input(self, record, seen, language):
        """Sentences and codes of what people mistype; each is refused, and nothing changes."""
        before = self.its_hub.status()["offset"]
        right = ("--take", "1", "--seen", seen)
        said = []
        for words, code, exit_code in (
                ((NIK, *right), "not_found", 1),
                (("xyz", *right), "bad_id", 1),
                ((record.upper() + "0", *right), "bad_id", 1),
                ((record, "--take", NIK, "--seen", seen), "no_such_choice", 1),
                ((record, "--take", "0", "--seen", seen), "no_such_choice", 1),
                ((record, "--take", "sex:1", "--seen", seen), "not_contested", 1),
                ((record, "--take", NIK + ":1", "--seen", seen), "unknown_field", 1),
                ((record, "--take", "one", "--seen", seen), "bad_option", 2),
                ((record, "--take", "1", "--take", "2", "--seen", seen), "bad_option", 2),
                ((record, "--take", "nik:1", "--take", "nik:2", "--seen", seen), "duplicate_key", 1),
                ((record, "--set", NIK, "--seen", seen), "bad_option", 2),
                ((record, "--set", "nik=" + NIK[:8] + "99" + NIK[10:], "--seen", seen), "bad_nik",
                 1),
                ((record, "--set", "nik=" + NIK, "--take", "nik:1", "--seen", seen),
                 "duplicate_key", 1),
                ((record, "--seen", seen), "bad_option", 2),
                ((record, "--take", "1", "--seen", NIK), "bad_version", 1),
                ((record, *right, "--type", NIK), "unknown_type", 1),
                ((record, *right, "--type", "Referral"), "not_found", 1),
                ((record, *right, "--note", NIK + "x" * 500), "text_too_long", 1)):
            done = self.its_hub.run_command("resolve", *words, "--lang", language)
            self.assertEqual(done.returncode, exit_code, (words, done.stderr))
            self.assertEqual(done.stdout, b"")
            said.append(done.stderr.decode())
            self.assertGreater(len(said[-1]), 30)
            done = self.its_hub.run_command("resolve", *words, "--lang", language, "--json")
            self.assertEqual(json.loads(done.stderr)["code"], code, words)
            self.assertEqual(json.loads(done.stderr)["message"] + "\n", said[-1])
            said.append(done.stderr.decode())
        for words in ((record, "--take", "1"), (record, *right, "--seen", seen), ("--take", "1")):
            done = self.its_hub.run_command("resolve", *words, "--lang", language)
            self.assertEqual(done.returncode, 2, words)
            said.append(done.stderr.decode())
        done = self.its_hub.run_command("conflicts", "--type", NIK, "--lang", language)
        self.assertEqual(done.returncode, 1)
        said.append(done.stderr.decode())
        self.assertEqual(self.its_hub.status()["offset"], before)
        return said


if __name__ == "__main__":
    unittest.main()
