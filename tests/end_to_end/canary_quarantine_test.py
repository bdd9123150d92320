#!/usr/bin/env python3
"""A person's NIK in what a hub cannot apply is in no log, metric, error or status of any process."""

import json
import unittest

from canary_fixture import CanaryFixture, FACILITY
from harness import nodes
from schema_skew_test import OlderHub

import canaries  # found by harness
import schema_text

WRITES_MAX = 128        # of one record that have not seen each other: core/limits.hh


class CanaryQuarantineTest(CanaryFixture):
    """The hub is an older program, which does not know every type and field."""

    hub_class = OlderHub

    def quarantined(self):
        """{reason: places}: the hub knows the reasons, the district can read every event."""
        reasons = {event["offset"]: event.get("quarantined") for event in self.its_hub.events()}
        found = {}
        for line in self.custodian.answer("tail", "--after", "0").splitlines():
            reason = reasons[json.loads(line)["offset"]]
            found.setdefault(reason, set()).update(self.canaries.leaks(line))
        return found

    def unknown_types(self):
        """Of today's schema, to the older hub."""
        older = (schema_text.SCHEMA.parent / "tests" / "older" / "older_ilp.capnp").read_text()
        return [one for one in schema_text.record_types()
                if f"struct {one.name} " not in older and not one.system]

    def wait_told(self):
        """Until the device has been told what became of its events."""
        nodes.wait_until("the outcomes at the device", lambda: (
            self.device.status()["quarantined"] > 0))

    def test_InEventsOfAnUnknownType(self):
        self.put(self.device, canaries.lines(self.canaries), "id")
        family = list(canaries.family_lines(self.canaries, FACILITY, "family"))
        done, _ = self.device.put(b"\n".join(family))
        self.assertEqual(done.returncode, 0, done.stdout)
        self.device.wait_durable()
        self.wait_told()
        self.wait_received(self.custodian)
        places = self.quarantined()["unknown_type"]
        self.assertGreater(len(self.unknown_types()), 10, "it is not the older program")
        for one in self.unknown_types():
            for field in filter(canaries.holds_a_word, one.fields):
                self.assertIn(f"{one.name}.{field.name} with a word", places)
            if any(field.name == "person" and field.required for field in one.fields):
                self.assertIn(f"family: by of {one.name}", places)
        self.assertGreater(self.its_hub.status()["quarantined"], len(self.unknown_types()))
        self.assert_no_leak()
        self.said = []
        self.assertEqual(self.its_hub.stop(), 0)          # also while nobody runs
        for words in (("status",), ("status", "--json"), ("nodes",), ("nodes", "--json"),
                      ("verify",), ("verify", "--json")):
            self.hear(f"titip-hub-older {' '.join(words)}", self.its_hub.answer(*words))
        self.its_hub.program = nodes.Hub.program          # an upgrade applies them
        self.its_hub.start(log_level="trace")
        self.assertNotIn("unknown_type", self.quarantined())
        nodes.wait_until("the device hears of all but the rest", lambda: (
            self.device.status()["quarantined"] == self.its_hub.status()["quarantined"]))
        self.wait_received(self.custodian)
        self.assert_no_leak()

    def test_InATooContestedRecord(self):
        done, results = self.device.put([json.dumps(
            {"type": "Person", "by": self.canaries.word("by of the first"),
             "set": {"name": self.canaries.word("name at first"), "facility": FACILITY}})])
        self.assertEqual(done.returncode, 0, done.stdout)
        self.device.wait_durable()
        person = results[0]["id"]
        edit = {"type": "Person", "id": person,
                "version": json.loads(self.its_hub.answer("get", "Person", person))["version"]}
        self.assertEqual(self.device.stop(), 0)

        def edited(place):
            return {**edit, "by": self.canaries.word("by of " + place),
                    "set": {"nik": self.canaries.nik("nik of " + place),
                            "name": self.canaries.word("name of " + place)}}
        lines = [json.dumps(edited(f"edit {n} at the hub")).encode() for n in range(WRITES_MAX + 5)]
        self.put(self.its_hub, lines, "id")               # the last of them are refused
        refused = nodes.json_lines(self.post(
            self.its_hub, lines[-1], "application/json", "en").partition(b"\r\n\r\n")[2])
        self.assertEqual([one["code"] for one in refused], ["too_contested"])
        own = edited("the device's edit")
        del own["version"]
        done, _ = self.device.put([json.dumps(own)])
        self.assertEqual(done.returncode, 0, done.stdout)
        self.device.start(log_level="trace")
        self.device.wait_durable()
        self.wait_told()
        self.wait_received(self.custodian)
        self.assertEqual(self.quarantined()["too_contested"],
                         {f"{what} of the device's edit" for what in ("by", "nik", "name")})
        self.assert_no_leak()


if __name__ == "__main__":
    unittest.main()
