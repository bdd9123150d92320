#!/usr/bin/env python3
"""A lost device is revoked: the hub takes nothing more from it; it says so and keeps what it has."""

import json
import unittest
import urllib.error
import urllib.request

from harness import EndToEndTest, nodes

FACILITY = "K9404001"
LINES = 40
CANARY_NIK = "9404015503900001"     # typed where it does not belong


class RevokeTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.hub = self.hub().start()
        self.device = self.enrolled(self.hub, FACILITY)

    def put(self, seed):
        lines = nodes.generate(FACILITY, seed, LINES)
        done, results = self.device.put(lines)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(results), LINES)
        return {(FACILITY, event["type"], event["ref"]) for event in map(json.loads, lines)}

    def revoke(self, name, *arguments):
        return self.hub.run_command("revoke", name, *arguments)

    def revoked_by_name(self, name):
        done = self.revoke(name, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def revocations(self):
        return [event for event in self.hub.events()
                if event["type"] == "Node" and "revokedAt" in event["set"]]

    def refused(self):
        status = self.device.status()
        return status if status.get("refusedByHub") else None

    def assert_told(self):
        self.device.daemon.wait_for_line("the hub refused this device: revoked")
        status = nodes.wait_until("the device's status says that it is revoked", self.refused)
        self.assertEqual((status["refusedByHub"], status["connected"]), ("revoked", False))
        self.assertIn(b"revoked", self.device.answer("status"))
        return status

    def test_ALiveDeviceIsToldAtOnceAndKeepsWhatItHas(self):
        self.device.start()
        held = self.put(1)
        self.device.wait_durable()
        node = self.hub.node_of(FACILITY)["node"]
        said = self.revoked_by_name(node)
        self.assertEqual((said["node"], said["facility"]), (node, FACILITY))
        self.assert_told()
        self.put(2)                                  # saved here, sent nowhere
        status = self.device.status()
        self.assertEqual((status["saved"], status["durableAtHub"]), (2 * LINES, LINES))
        self.assertTrue(self.device.daemon.running())
        self.assertTrue(self.hub.node_of(FACILITY)["revoked"])
        self.assertEqual(self.device.stop(), 0)
        self.device.start()                           # it dials anew, and is told again
        self.assert_told()
        self.assertEqual(self.device.status()["saved"], 2 * LINES)
        self.assert_held_exactly_once(self.hub, held)
        self.assert_verified(self.hub)

    def test_JoiningAgainEndsWith4WithAndWithoutADaemon(self):
        self.device.start()
        nodes.wait_until("connected", lambda: self.device.status()["connected"])
        self.revoked_by_name(FACILITY)
        self.assert_told()
        link = self.hub.invite(FACILITY, "Posyandu Baru")
        for _ in range(2):
            done = self.device.join(link)
            self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
            self.assertIn(b"revoked", done.stderr)
            self.device.stop()
        other = self.agent("replacement")      # the link still admits another device
        self.assertEqual(other.join(link).returncode, 0)
        self.assertIsNotNone(other.status()["node"])
        self.assertEqual(self.revoked_by_name(FACILITY)["node"], other.status()["node"])

    def test_WithoutADaemonItIsToldAtItsNextHello(self):
        self.hub.stop()
        first = self.revoked_by_name(FACILITY)
        again = self.revoked_by_name(FACILITY)
        self.assertTrue(again["again"])
        self.assertEqual(again["revokedAt"], first["revokedAt"])
        events = self.revocations()
        self.assertEqual(len(events), 1)
        self.assertEqual((events[0]["id"], events[0]["op"], events[0]["set"]),
                         (first["node"], "set", {"revokedAt": first["revokedAt"]}))
        self.assertEqual(events[0]["node"], "0" * 16)
        record, = (one for one in self.hub.records("Node") if one["id"] == first["node"])
        self.assertEqual(record["set"]["revokedAt"], first["revokedAt"])
        self.assertEqual(record["set"]["facility"], FACILITY)
        self.hub.start()
        self.device.start()
        self.assert_told()
        self.put(3)
        self.assertEqual(self.device.status()["durableAtHub"], 0)
        self.assert_held_exactly_once(self.hub, set())

    def test_NobodyRevokesOverTheNetwork(self):
        request = urllib.request.Request(f"{self.hub.http}/local/revoke?node={FACILITY}", data=b"{}",
                                         headers={"Content-Type": "application/json"})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=60)
        refused.exception.close()
        self.assertEqual(refused.exception.code, 404)
        self.assertFalse(self.hub.node_of(FACILITY)["revoked"])

    def test_WhatNamesNoDeviceOrSeveralIsRefused(self):
        second = self.agent("second")
        done = second.join(self.hub.invite(FACILITY, "Posyandu " + FACILITY))
        self.assertEqual(done.returncode, 0, done.stderr)
        for running in (True, False):
            if not running:
                self.hub.stop()
            for name, code in (("K0000000", "no_such_node"), ("f" * 16, "no_such_node"),
                               ("%00&form=text", "no_such_node"), (CANARY_NIK, "no_such_node"),
                               (FACILITY, "several_nodes")):
                done = self.revoke(name, "--json")
                self.assertEqual((done.returncode, json.loads(done.stderr)["code"]), (1, code),
                                 (name, done.stdout, done.stderr))
                self.assertNotIn(name.encode(), done.stdout + done.stderr)
        done = self.hub.run_command("revoke")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(self.revocations(), [])


if __name__ == "__main__":
    unittest.main()
