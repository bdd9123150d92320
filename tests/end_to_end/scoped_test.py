#!/usr/bin/env python3
"""A subscriber that may not know who people are: nothing that it is sent or keeps tells it."""

import json
import unittest

from harness import EndToEndTest, nodes

POST = "K9404001"
PEOPLE = 1000
CHANGED = 50


def nik(number):
    return f"9404015708{number + 1:06d}"


def name(number):
    return f"Kanari{number:04d} Wepani"


def person(number):
    return json.dumps({
        "type": "Person", "ref": f"p-{number}", "by": f"by-{nik(number)}",
        "set": {"nik": nik(number), "name": name(number), "sex": "female", "birthDate": "2022-01-31",
                "motherName": "Ibu " + name(number), "address": "Jl. " + name(number),
                "facility": POST, "area": "94.04.01.2001"}})


def visit(number):
    return json.dumps({
        "type": "GrowthMeasurement", "ref": f"g-{number}", "by": f"by-{nik(number)}",
        "set": {"person": {"ref": f"p-{number}"}, "date": "2024-10-15", "weightGrams": 9000 + number,
                "note": "ibu dari " + name(number)}})


class ScopedTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.hub_node = self.hub().start()
        self.post = self.enrolled(self.hub_node, POST).start()

    def joined(self, directory, *scope):
        district = self.district(directory)
        printed = self.hub_node.answer("invite", "--facility", "D9404000", "--name", "Peneliti",
                                       "--kind", "district", *scope)
        link = next(word for word in printed.decode().split() if word.startswith("titip://"))
        done = district.join(link)
        self.assertEqual(done.returncode, 0, done.stderr)
        return district.start()

    def put(self, lines):
        done, _ = self.post.put(lines)
        self.assertEqual(done.returncode, 0, done.stdout[:300])
        self.post.wait_durable()

    def wait_changes(self, district, count):
        nodes.wait_until(f"{count} changes at {district.data.name}",
                         lambda: district.status()["hubs"][0]["changes"] >= count)

    def everything_of(self, district):
        """What it keeps on disk, prints, serves and logs."""
        parts = {path.name: path.read_bytes() for path in district.data.iterdir() if path.is_file()}
        parts["changes"] = district.answer("tail", "--feed", "changes")
        parts["events"] = district.run_command("tail", "--feed", "events").stdout
        for type_name in ("Person", "GrowthMeasurement"):
            parts[type_name] = district.answer("list", type_name)
        district.stop()
        parts["log"] = (district.data.parent / (district.data.name + ".log")).read_bytes()
        return parts

    @staticmethod
    def leaks(parts):
        words = [word(number).encode() for number in range(PEOPLE) for word in (nik, name)]
        return {(part, word.decode()) for part, data in parts.items() for word in words
                if word in data}

    def test_ItsStoreAndStreamHoldNoneOfAThousandNamesAndNiks(self):
        scoped = self.joined("scoped", "--withhold-identifying")
        custodian = self.joined("custodian")
        self.put([person(number) for number in range(PEOPLE)])
        self.put([visit(number) for number in range(PEOPLE)])
        # What changes later is sent anew.
        self.put([json.dumps({"type": "Person", "ref": f"c-{number}", "id": record["id"],
                              "set": {"name": name(number), "disability": True}})
                  for number, record in enumerate(self.post.records("Person")[:CHANGED])])
        for district in (scoped, custodian):
            self.wait_changes(district, 2 * PEOPLE)
        nodes.wait_until("the last change", lambda: sum(
            record["set"].get("disability", False)
            for record in scoped.records("Person")) == CHANGED)

        people = scoped.records("Person")
        self.assertEqual(len(people), PEOPLE)
        self.assertEqual(set().union(*(record["set"] for record in people)),
                         {"sex", "birthDate", "facility", "area", "disability"})
        visits = scoped.records("GrowthMeasurement")
        self.assertEqual({record["set"]["weightGrams"] for record in visits},
                         set(range(9000, 9000 + PEOPLE)))
        self.assertEqual(self.leaks(self.everything_of(scoped)), set())
        # Whoever is entitled gets them: so the search finds what is there.
        found = {word for _, word in self.leaks(self.everything_of(custodian))}
        self.assertEqual(len(found), 2 * PEOPLE)

    def test_ItIsNoCustodianAndGetsNoJournal(self):
        scoped = self.joined("scoped", "--types", "GrowthMeasurement")
        self.put([person(1), visit(1)])
        self.wait_changes(scoped, 1)
        self.assertEqual(scoped.records("Person"), [])
        self.assertEqual(len(scoped.records("GrowthMeasurement")), 1)
        status = scoped.status()["hubs"][0]
        self.assertEqual((status["custodian"], status["events"], status["offset"]), (False, 0, 0))
        self.assertEqual(self.post.status()["durableAtDistrict"], 0, "nobody can give it back")

    def test_OfAnAreaItIsToldWhoComesAndWhoLeaves(self):
        scoped = self.joined("scoped", "--areas", "94.04.01")
        self.put([person(1), visit(1)])
        self.wait_changes(scoped, 2)
        child = self.post.records("Person")[0]["id"]
        self.put([json.dumps({"type": "Person", "id": child, "ref": "away",
                              "set": {"area": "91.01.01.2001"}})])
        nodes.wait_until("the child has left the area", lambda: not (
            scoped.records("Person") or scoped.records("GrowthMeasurement")))
        self.put([json.dumps({"type": "Person", "id": child, "ref": "back",
                              "set": {"area": "94.04.01.2002"}})])
        nodes.wait_until("the child is back with her visits", lambda: (
            scoped.records("Person") and scoped.records("GrowthMeasurement")))


if __name__ == "__main__":
    unittest.main()
