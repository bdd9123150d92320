#!/usr/bin/env python3
"""Before a policy is changed: which records would show something else under another one."""

import json
import unittest

from downstream_test import event
from harness import EndToEndTest, nodes

NIK = "9404015708950001"
OTHER_NIK = "9404015708950002"


class RehearseTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.its_hub = self.hub().start()

    def save(self, *lines):
        done, results = self.its_hub.put(list(lines))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [result["id"] for result in results]

    def child(self, **more):
        record, = self.save(event("Person", "child", {"name": "Anak Coba",
                                                      "birthDate": "2024-01-01", **more}))
        return record

    def apart(self, record, *sets):
        """Several people write who have all seen the same."""
        seen = json.loads(self.its_hub.answer("get", "Person", record))["version"]
        for number, fields in enumerate(sets):
            self.save(json.dumps({"type": "Person", "id": record, "by": f"bidan-{number + 1}",
                                  "version": seen, "set": fields}))

    def rehearse(self, *options):
        lines = nodes.json_lines(self.its_hub.answer("rehearse", "--json", *options))
        return lines[:-1], lines[-1]["summary"]

    def summary(self, **changed):
        return {"records": 1, "differing": 0, "newlyUnderReview": 0, "noMoreUnderReview": 0,
                "refused": 0, **changed}

    def test_ADateOfBirthThatARuleWouldChoose(self):
        record = self.child()
        self.apart(record, {"birthDate": "2024-02-02"}, {"birthDate": "2024-03-03"})
        before = self.its_hub.status()
        for running in (True, False):
            found, summary = self.rehearse("--policy", "Person.birthDate=min")
            self.assertEqual(summary, self.summary(differing=1, noMoreUnderReview=1))
            line, = found
            self.assertEqual((line["type"], line["id"]), ("Person", record))
            self.assertEqual((line["underReviewNow"], line["underReviewThen"]), (True, False))
            field, = line["fields"]
            self.assertEqual((field["field"], field["policyNow"], field["policyThen"]),
                             ("birthDate", "review", "min"))
            self.assertEqual([(value["n"], value["value"], value["by"], value["shownNow"],
                               value["shownThen"]) for value in field["values"]],
                             [(1, "2024-02-02", "bidan-1", False, True),
                              (2, "2024-03-03", "bidan-2", True, False)])
            self.assertEqual(self.rehearse("--policy", "Person.birthDate=review"),
                             ([], self.summary()))
            self.assertTexts(record)
            if running:
                after = self.its_hub.status()
                self.assertEqual((after["offset"], after["conflicts"]),
                                 (before["offset"], before["conflicts"]), "it only reads")
                self.assertEqual(self.its_hub.stop(), 0)

    def assertTexts(self, record):
        for language, words in (
                ("id", ("Tanggal lahir", "tak perlu diputuskan lagi", "nanti", "Akan tampil lain")),
                ("en", ("Birth date", "nothing to decide", "then", "Would differ"))):
            done = self.its_hub.run_command("rehearse", "--policy", "Person.birthDate=min", "--lang",
                                            language)
            self.assertEqual((done.returncode, done.stderr), (0, b""), "no progress in a file")
            text = done.stdout.decode()
            for word in (*words, record, "review", "min", "2024-02-02", "2024-03-03", "bidan-2"):
                self.assertIn(word, text)
            self.assertNotIn("Anak Coba", text)

    def test_WhatALaterWriteHasReplacedWouldStandUnderReview(self):
        record = self.child()
        self.apart(record, {"childNumber": 5}, {"childNumber": 2})
        self.apart(record, {"childNumber": 3})
        found, summary = self.rehearse("--policy", "Person.childNumber=review", "--policy",
                                       "Person.birthDate=later")
        self.assertEqual(summary, self.summary(differing=1, newlyUnderReview=1))
        field, = found[0]["fields"]
        self.assertEqual([value["value"] for value in field["values"]], [5, 2, 3])
        self.assertTrue(field["underReviewThen"])

    def test_OnlyWhatChangedSinceADay(self):
        record = self.child()
        self.apart(record, {"birthDate": "2024-02-02"}, {"birthDate": "2024-03-03"})
        policy = ("--policy", "Person.birthDate=later")
        self.assertEqual(self.rehearse(*policy, "--since", "2020-01-01")[1]["records"], 1)
        self.assertEqual(self.rehearse(*policy, "--since", "2199-01-01")[1]["records"], 0)

    def test_NothingThatIdentifiesAPersonIsPrinted(self):
        record = self.child()
        self.apart(record, {"nik": NIK, "name": "Rahasia Satu"},
                   {"nik": OTHER_NIK, "name": "Rahasia Dua"})
        policies = ("--policy", "Person.nik=later", "--policy", "Person.name=review")
        said = [json.dumps(self.rehearse(*policies))]
        for language in ("id", "en"):
            said.append(self.its_hub.answer("rehearse", *policies, "--lang", language).decode())
        for text in said:
            self.assertIn(record, text)
            for secret in (NIK, OTHER_NIK, "94040157", "Rahasia", "Anak Coba"):
                self.assertNotIn(secret, text)
        self.assertIn("(value 2, not printed)", said[-1])

    def test_WhatCannotBeRehearsedIsRefusedWithItsReason(self):
        for policies, code in ((("Person.birthDate",), "bad_policy"),
                               (("Person.birthDate=newest",), "bad_policy"),
                               (("Persona.birthDate=later",), "policy_no_type"),
                               (("Person.born=later",), "policy_no_field"),
                               (("Person.name=max",), "policy_not_for_field"),
                               (("Person.sex=later", "Person.sex=review"), "policy_twice"),
                               ((f"Person.{NIK}={NIK}",), "bad_policy")):
            options = [word for policy in policies for word in ("--policy", policy)]
            self.refused(code, *options)
        self.refused("bad_option", "--policy", "Person.name=later", "--since", "2024-02-30")
        self.refused("bad_option")

    def refused(self, code, *options):
        done = self.its_hub.run_command("rehearse", *options, "--json")
        self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
        self.assertEqual(json.loads(done.stderr)["code"], code)
        texts = set()
        for language in ("id", "en"):
            done = self.its_hub.run_command("rehearse", *options, "--lang", language)
            self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
            self.assertNotIn(NIK.encode(), done.stderr)
            texts.add(done.stderr)
        self.assertEqual(len(texts), 2)


if __name__ == "__main__":
    unittest.main()
