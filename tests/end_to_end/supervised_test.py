#!/usr/bin/env python3
"""What a supervisor and a monitoring system see: systemd's notify protocol, and /metrics."""

import http.client
import json
import re
import socket
import unittest
import urllib.parse

from harness import EndToEndTest, nodes

FACILITY = "K9404001"
CANARY_NIK = "9404015503900001"
CANARY_NAME = "Kenari Rahasia"
SAMPLE = re.compile(r'^(titip_[a-z_]+)(?:\{([a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*)\})? (\d+)$')


def metrics_of(node):
    """(content type, {(name, labels): value}); every line must be of the format."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(node.http).netloc, timeout=60)
    try:
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        assert response.status == 200, response.status
        text = response.read().decode()
        kind = response.getheader("Content-Type")
    finally:
        connection.close()
    assert text.endswith("\n")
    found, typed = {}, set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            typed.add(line.split()[2])
        elif not line.startswith("# HELP "):
            match = SAMPLE.match(line)
            assert match and match.group(1) in typed, line
            labels = dict(re.findall(r'([a-z]+)="([^"]*)"', match.group(2) or ""))
            found[match.group(1), tuple(sorted(labels.items()))] = int(match.group(3))
    assert CANARY_NIK not in text and CANARY_NAME not in text and "Posyandu" not in text
    return kind, found


class MetricsTest(EndToEndTest):
    def test_BothSayHowFarTheEventsAreAndNothingOfPersons(self):
        hub = self.hub().start()
        agent = self.enrolled(hub, FACILITY).start()
        person = {"type": "Person", "ref": "p-1", "by": "app",
                  "set": {"name": CANARY_NAME, "sex": "female", "nik": CANARY_NIK}}
        others = [json.loads(line) for line in nodes.generate(FACILITY, 5, 200)]
        done, _ = agent.put([json.dumps(person)] + [json.dumps(event) for event in others])
        self.assertEqual(done.returncode, 0, done.stdout[:200])
        status = agent.wait_durable()

        kind, said = metrics_of(agent)
        self.assertEqual(kind, "text/plain; version=0.0.4")
        lanes = [(("lane", "urgent"),), (("lane", "routine"),)]
        saved = [said["titip_events_saved_total", lane] for lane in lanes]
        self.assertEqual(sum(saved), status["saved"])
        self.assertEqual(saved, [said["titip_events_durable_at_hub_total", lane] for lane in lanes])
        self.assertEqual((said["titip_link_connected", ()], said["titip_oldest_unsent_seconds", ()],
                          said["titip_events_quarantined", ()]), (1, 0, 0))
        self.assertGreater(said["titip_link_bytes_sent_total", ()], 0)
        self.assertGreater(said["titip_link_bytes_received_total", ()], 0)

        kind, at_hub = metrics_of(hub)
        self.assertEqual(kind, "text/plain; version=0.0.4")
        held = hub.status()
        for name, key in (("titip_journal_offset", "offset"), ("titip_records", "records"),
                          ("titip_conflicts", "conflicts"), ("titip_quarantined", "quarantined")):
            self.assertEqual(at_hub[name, ()], held[key], name)
        self.assertEqual((at_hub["titip_nodes", ()], at_hub["titip_sessions", ()]), (1, 1))
        node = (("facility", FACILITY), ("node", status["node"]))
        self.assertEqual(at_hub["titip_node_have_events", node], status["saved"])
        self.assertEqual(at_hub["titip_node_behind_events", node], 0)
        self.assertLess(at_hub["titip_node_last_seen_seconds", node], 600)
        self.assertEqual((at_hub["titip_node_connected", node], at_hub["titip_node_revoked", node]),
                         (1, 0))
        for one in (said, at_hub):
            self.assertGreater(one["titip_disk_free_bytes", ()], 0)
            self.assertGreater(one["titip_store_map_bytes", ()], one["titip_store_used_bytes", ()])

    def test_TheyFollowWhenTheHubIsAway(self):
        hub = self.hub().start()
        agent = self.enrolled(hub, FACILITY)
        hub.stop()
        agent.start()
        agent.put(nodes.generate(FACILITY, 6, 20))
        _, said = metrics_of(agent)
        self.assertEqual(said["titip_link_connected", ()], 0)
        self.assertEqual(sum(value for (name, _), value in said.items()
                             if name == "titip_events_durable_at_hub_total"), 0)
        hub.start()
        _, at_hub = metrics_of(hub)
        self.assertFalse([key for key in at_hub if key[0] == "titip_node_last_seen_seconds"],
                         "it has never said Hello")


class NotifyTest(EndToEndTest):
    def supervise(self, node):
        """A notify socket for `node`, as systemd with WatchdogSec=1 would make it."""
        path = self.directory / f"{node.data.name}.notify"
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(heard.close)
        heard.bind(str(path))
        heard.settimeout(60)
        node.run_environment.update({"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "1000000"})
        return heard

    def assert_supervised(self, node, heard):
        node.start()
        self.assertEqual(heard.recv(256), b"READY=1")
        self.assertIn(b"saved" if isinstance(node, nodes.Agent) else b"offset",
                      node.answer("status", "--json"))
        for _ in range(3):
            self.assertEqual(heard.recv(256), b"WATCHDOG=1")
        self.assertEqual(node.stop(), 0)
        said = heard.recv(256)
        while said == b"WATCHDOG=1":
            said = heard.recv(256)
        self.assertEqual(said, b"STOPPING=1")

    def test_TheSupervisorHearsOfReadyAliveAndStopping(self):
        hub = self.hub().start()
        agent = self.enrolled(hub, FACILITY)
        district = self.district()
        joined = district.join(hub.invite("D9404000", "Dinkes Mimika", "district"))
        self.assertEqual(joined.returncode, 0, joined.stderr)
        hub.stop()
        self.assert_supervised(agent, self.supervise(agent))
        self.assert_supervised(district, self.supervise(district))
        self.assert_supervised(hub, self.supervise(hub))


class UnitsTest(unittest.TestCase):
    def test_TheUnitsNotifyAreWatchedAndMayWriteOnlyTheirOwnData(self):
        units = sorted((nodes.ROOT / "deploy" / "systemd").glob("*.service"))
        self.assertEqual([unit.name for unit in units],
                         ["titip-agent@.service", "titip-district.service", "titip-hub.service"])
        for unit in units:
            lines = unit.read_text().splitlines()
            for setting in ("Type=notify", "WatchdogSec=2min", "LimitNOFILE=65536", "LimitCORE=0",
                            "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes",
                            "StateDirectoryMode=0700", "UMask=0077"):
                self.assertIn(setting, lines, unit.name)
            data = next(line for line in lines if line.startswith("StateDirectory="))
            self.assertIn("Environment=TITIP_DATA=/var/lib/" + data.partition("=")[2], lines)


if __name__ == "__main__":
    unittest.main()
