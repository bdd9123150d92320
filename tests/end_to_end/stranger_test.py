#!/usr/bin/env python3
"""Strangers get nothing, and those who are known notice nothing of them."""

import dataclasses
import json
import socket
import unittest

from harness import EndToEndTest, nodes

import links  # found by harness

GREETING_BYTES = 64          # ZMTP's own, the same from every server
LINES = 50


def keys_of(facility, lines):
    return {(facility, event["type"], event["ref"]) for event in map(json.loads, lines)}


class StrangerTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.hub = self.hub().start()
        self.known = self.enrolled(self.hub, "K9404001")
        self.known.start()
        self.held_beside = set()

    def tearDown(self):
        """Whatever a test did, the enrolled go on, and nothing of the stranger's is held."""
        lines = nodes.generate("K9404001", 21, LINES)
        done, _ = self.known.put(lines)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.known.wait_durable()
        self.assert_held_exactly_once(self.hub, keys_of("K9404001", lines) | self.held_beside)

    def names(self):
        return {node["facility"] for node in nodes.json_lines(self.hub.answer("nodes", "--json"))}

    def fresh_link(self, facility):
        return links.parse(self.hub.invite(facility, "Posyandu " + facility))

    def assert_gets_nothing(self, link, name):
        """Joins, puts and runs: the hub never knows it."""
        stranger = self.agent(name)
        done = stranger.join(link.text())
        print(f"join said ({done.returncode}): {(done.stdout + done.stderr).decode().strip()}")
        self.assertIsNone(stranger.status()["node"])
        stranger.put(nodes.generate("K9404666", 22, LINES))
        stranger.start()
        stranger.daemon.wait_for_line(r"(not this invitation's hub|refused|does not answer)")
        status = stranger.status()
        self.assertEqual((status["saved"], status["durableAtHub"]), (LINES, 0))
        self.assertIsNone(status["node"])
        self.assertNotIn(link.facility, self.names())
        stranger.stop()
        return done

    def test_AMistypedInvitationIsRefusedAtOnce(self):
        text = self.fresh_link("K9404002").text()
        for wrong in (text[:-1], text[:-5] + ("A" if text[-5] != "A" else "B") + text[-4:],
                      text.replace("titip", "http"), "titip://", text[:40]):
            agent = self.agent("mistyped")
            done = agent.join(wrong)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(b"invitation", done.stderr)
            self.assertFalse(agent.data.exists())

    def test_AnInvitationThatTheHubNeverGaveAdmitsNobody(self):
        link = links.invented(self.fresh_link("K9404003"))
        done = self.assert_gets_nothing(link, "invented")
        self.assertEqual(done.returncode, 4, done.stderr)

    def test_ADeviceWithAnotherHubsKeyGetsNothing(self):
        link = links.of_another_hub(self.fresh_link("K9404004"))
        done = self.assert_gets_nothing(link, "other-hub")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn(b"not this invitation's hub", done.stderr)

    def test_AnInvitationAdmitsOneDeviceOnly(self):
        link = self.fresh_link("K9404005").text()
        first = self.agent("first")
        self.assertEqual(first.join(link).returncode, 0)
        self.assertIsNotNone(first.status()["node"])
        second = self.agent("second")
        done = second.join(link)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn(b"invitation", done.stderr)
        self.assertIsNone(second.status()["node"])
        again = first.join(link)                       # the same device may ask again
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_TheHubsClockDecidesWhetherAnInvitationIsTooOld(self):
        # To this device, whose clock may be years ahead, the link seems to have expired.
        link = dataclasses.replace(self.fresh_link("K9404006"), expires_seconds=1_600_000_000)
        agent = self.agent("clock-ahead")
        self.assertEqual(agent.join(link.text()).returncode, 0)
        self.assertIn("K9404006", self.names())

    def test_ANewInvitationHelpsADeviceWhoseFirstWasUsedUp(self):
        used = self.fresh_link("K9404001").text()
        self.assertEqual(self.agent("quicker").join(used).returncode, 0)
        agent = self.agent("late")
        self.assertEqual(agent.join(used).returncode, 4)
        lines = nodes.generate("K9404001", 23, LINES)
        self.assertEqual(agent.put(lines)[0].returncode, 0)
        done = agent.join(self.fresh_link("K9404001").text())
        self.assertEqual(done.returncode, 0, done.stderr)
        agent.start()
        agent.wait_durable()
        self.held_beside |= keys_of("K9404001", lines)
        taken = agent.run_command("join", self.fresh_link("K9404009").text())
        self.assertEqual(taken.returncode, 3, taken.stderr)

    def test_BytesWithoutAKeyGetNothingButAGreeting(self):
        null_greeting = (b"\xff" + b"\x00" * 8 + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\x00")
                         + b"\x00" + b"\x00" * 31)
        curve_greeting = null_greeting.replace(b"NULL\x00", b"CURVE")
        curve_nonsense = b"\x04" + (200).to_bytes(1, "big") + b"\x05HELLO" + b"\x00" * 194
        for said in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 4096, null_greeting,
                     null_greeting + b"\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER",
                     curve_greeting + curve_nonsense):
            with socket.create_connection(("127.0.0.1", self.hub.port), timeout=10) as stranger:
                answer = self.all_that_comes(stranger, said)
            self.assertLessEqual(len(answer), GREETING_BYTES, said[:16])
        self.assertEqual(self.hub.status()["records"], 1)    # the enrolled node's own

    @staticmethod
    def all_that_comes(stranger, said):
        answer = b""
        try:
            stranger.sendall(said)
            stranger.shutdown(socket.SHUT_WR)     # else the hub rightly waits for the rest
            while part := stranger.recv(4096):
                answer += part
        except OSError:
            pass                                  # hung up on: that is an answer too
        return answer

    def test_AHundredSilentConnectionsHinderNobody(self):
        silent = [socket.create_connection(("127.0.0.1", self.hub.port)) for _ in range(100)]
        for one in silent:
            self.addCleanup(one.close)
        newcomer = self.enrolled(self.hub, "K9404007")
        self.assertIsNotNone(newcomer.status()["node"])


if __name__ == "__main__":
    unittest.main()
