#!/usr/bin/env python3
"""Four real surveys, put at three agents, stand at the hub value by value."""

import collections
import json
import os
import pathlib
import unittest

from harness import EndToEndTest, nodes

import surveys  # found by harness

AGENTS = {
    "K9404001": ["anthro1"],
    "K9404002": ["flag.ex01"],
    "K9404003": ["sp.ex01", "rl.ex01"],
}

# Lines of rl.ex01, the header being line 1, and why their measurement is refused.
REFUSED_MEASUREMENTS = {
    127: ("out_of_range", "muacMillimetres"),      # 999
    136: ("out_of_range", "muacMillimetres"),
    753: ("out_of_range", "muacMillimetres"),
    228: ("not_an_integer", "muacMillimetres"),    # centimetres
    382: ("not_an_integer", "muacMillimetres"),
    595: ("not_an_integer", "muacMillimetres"),
    319: ("unknown_ref", "person"),                # its person was refused
}
REFUSED_PERSONS = {319: ("unknown_enumerant", "sex")}   # 3
WITHOUT_HEIGHT = ("flag.ex01", 9)


def data_directory():
    named = os.environ.get("TITIP_SHARED_DATA")
    return pathlib.Path(named) if named else nodes.ROOT.parent / "shared" / "data"


@unittest.skipUnless(data_directory().is_dir(),
                     "the surveys are not here: set TITIP_SHARED_DATA to the shared data directory")
class SurveysTest(EndToEndTest):
    def read(self, name):
        return list(surveys.events(name, data_directory() / surveys.FILES[name]))

    def test_TheHubHoldsExactlyTheAcceptedEventsAndEveryValueReadsBackEqual(self):
        hub = self.hub().start()
        rows = 0
        accepted = {}                                   # ref → (facility, id, event)
        refused = {}
        agents = []
        for number, (facility, names) in enumerate(AGENTS.items()):
            agent = self.enrolled(hub, facility)
            agents.append(agent)
            if number == 0:
                agent.start()                           # the others put without a daemon
            for name in names:
                lines = self.read(name)
                rows += len(lines) // 2
                self.put(agent, facility, lines, accepted, refused)
        for agent in agents:
            if not agent.daemon:
                agent.start()
        for agent in agents:
            agent.wait_durable()

        self.assertEqual(rows, 3460)
        self.assertEqual(refused, self.expected_refusals())
        self.assert_held_exactly_once(
            hub, {(facility, event["type"], ref) for ref, (facility, _, event) in accepted.items()})
        self.assert_values_read_back(hub, accepted)
        self.assert_verified(hub)

    def put(self, agent, facility, lines, accepted, refused):
        done, results = agent.put([surveys.as_json(event) for _, event in lines])
        self.assertEqual(len(results), len(lines))
        for number, ((line, event), result) in enumerate(zip(lines, results), start=1):
            self.assertEqual(result["line"], number)
            if "id" in result:
                accepted[event["ref"]] = (facility, result["id"], event)
            else:
                refused[event["ref"]] = (result["code"], result["field"])
        self.assertEqual(done.returncode, 1 if any("code" in r for r in results) else 0)

    def expected_refusals(self):
        expected = {f"rl.ex01-{line:04}-growth": why for line, why in REFUSED_MEASUREMENTS.items()}
        expected |= {f"rl.ex01-{line:04}-person": why for line, why in REFUSED_PERSONS.items()}
        return expected

    def assert_values_read_back(self, hub, accepted):
        ids = {ref: record for ref, (_, record, _) in accepted.items()}
        by_type = collections.defaultdict(dict)
        for _, record, event in accepted.values():
            expected = json.loads(surveys.as_json(event["set"]))
            if "person" in expected:
                expected["person"] = ids[expected["person"]["ref"]]
            by_type[event["type"]][record] = expected
        for type_name, expected in by_type.items():
            listed = {record["id"]: record["set"] for record in hub.records(type_name)}
            self.assertEqual(len(listed), len(expected), type_name)
            for record, values in expected.items():
                self.assertEqual(listed[record], values)
        name, line = WITHOUT_HEIGHT
        measured = by_type["GrowthMeasurement"][ids[f"{name}-{line:04}-growth"]]
        self.assertNotIn("lengthMillimetres", measured)
        self.assertIn("weightGrams", measured)


if __name__ == "__main__":
    unittest.main()
