"""What every end-to-end test stands on: a hub and agents in a temporary directory, always cleaned up."""

import os
import pathlib
import random
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))

import nodes  # noqa: E402  (its place is known only now)


def seed():
    """TITIP_SEED, else a new one; printed, so that a failure can be run again."""
    chosen = int(os.environ.get("TITIP_SEED") or random.SystemRandom().randrange(1, 1 << 32))
    print(f"TITIP_SEED={chosen}", flush=True)
    return chosen


class EndToEndTest(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="titip-test-"))
        self.started = []
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        for one in reversed(self.started):
            one.kill()
        failures = self._outcome.result.failures + self._outcome.result.errors
        failed = any(test is self for test, _ in failures)
        if failed:
            for log in sorted(self.directory.glob("*.log")):
                lines = log.read_text(errors="replace").splitlines()
                print(f"--- {log.name}, its last lines of {len(lines)}")
                print("\n".join(lines[-40:]), flush=True)
        shutil.rmtree(self.directory, ignore_errors=True)

    def hub(self, directory="hub", **options):
        hub = nodes.Hub(self.directory / directory, **options)
        self.started.append(hub)
        return hub

    def agent(self, name):
        agent = nodes.Agent(self.directory / name)
        self.started.append(agent)
        return agent

    def district(self, name="district"):
        district = nodes.District(self.directory / name)
        self.started.append(district)
        return district

    def relay(self, hub, *options):
        relay = nodes.Relay(hub.endpoint, self.directory / "relay.sock", *options)
        self.started.append(relay)
        return relay

    def enrolled(self, hub, facility, name=None, kind="posyandu"):
        """A new agent that `hub`, which must be running, has enrolled."""
        agent = self.agent(facility)
        done = agent.join(hub.invite(facility, name or "Posyandu " + facility, kind))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIsNotNone(agent.status()["node"], done.stdout)
        return agent

    def assert_held_exactly_once(self, hub, expected):
        """The hub's journal holds `expected`, {(facility, type, ref)}, each once and nothing else."""
        held = [event for event in hub.events() if event["type"] != "Node"]
        keys = [(event["facility"], event["type"], event["ref"]) for event in held]
        self.assertEqual(len(keys), len(set(keys)), "an event stands twice in the hub's journal")
        self.assertEqual(set(keys) - set(expected), set(), "the hub holds what nobody saved")
        self.assertEqual(set(expected) - set(keys), set(), "the hub lacks what was saved")
        self.assertFalse([event for event in held if event.get("quarantined")])
        self.assert_contiguous(held)
        return held

    def assert_contiguous(self, events):
        lanes = {}
        for event in events:
            lanes.setdefault((event["node"], event["lane"]), []).append(event["seq"])
        for lane, seqs in lanes.items():
            self.assertEqual(seqs, list(range(1, len(seqs) + 1)), f"seqs of {lane}")

    def assert_verified(self, hub):
        done = hub.run_command("verify")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
