#!/usr/bin/env python3
"""An agent that saw no network while its events were put syncs when the hub appears."""

import json
import unittest

from harness import EndToEndTest, nodes

LINES = 600


class OfflineTest(EndToEndTest):
    def saved_keys(self, facility, lines):
        return {(facility, event["type"], event["ref"]) for event in map(json.loads, lines)}

    def test_WhatWasPutWhileTheHubWasStoppedArrivesWhenItRuns(self):
        hub = self.hub().start()
        agent = self.enrolled(hub, "K9404001")
        hub.stop()
        agent.start()
        lines = nodes.generate("K9404001", 11, LINES)
        done, results = agent.put(lines)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(results), LINES)
        status = agent.status()
        self.assertEqual((status["saved"], status["durableAtHub"]), (LINES, 0))
        self.assertFalse(status["connected"])

        hub.start()
        agent.wait_durable()
        self.assert_held_exactly_once(hub, self.saved_keys("K9404001", lines))

    def test_AnAgentJoinedAndFilledWithoutAHubEnrolsAndSyncsWhenItAppears(self):
        hub = self.hub()
        link = hub.invite("K9404002", "Posyandu Kenanga")    # no daemon runs
        agent = self.agent("K9404002")
        done = agent.join(link)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIsNone(agent.status()["node"])
        lines = nodes.generate("K9404002", 12, LINES)
        done, _ = agent.put(lines)                           # neither does the agent's
        self.assertEqual(done.returncode, 0, done.stderr)

        agent.start()
        self.assertEqual(agent.status()["durableAtHub"], 0)
        hub.start()
        status = agent.wait_durable()
        self.assertIsNotNone(status["node"])
        self.assert_held_exactly_once(hub, self.saved_keys("K9404002", lines))

    def test_EventsArriveThroughALinkThatIsSlowAndCut(self):
        hub = self.hub().start()
        agent = self.enrolled(hub, "K9404003")
        relay = self.relay(hub, "--delay-ms", 50, "--up-kbit", 256, "--down-kbit", 256,
                           "--on-seconds", 2, "--off-seconds", 1, "--cut", "mixed", "--seed", 7,
                           "--start", "down")
        agent.through(relay.address).start()
        lines = nodes.generate("K9404003", 13, LINES)
        self.assertEqual(agent.put(lines)[0].returncode, 0)
        self.assertEqual(agent.status()["durableAtHub"], 0)
        self.assertEqual(relay.say("stats")["up_bytes"], 0)

        relay.say("up")
        relay.say("auto")
        agent.wait_durable(240)
        counts = relay.say("stats")
        print(f"through the relay: {counts}", flush=True)
        self.assertGreater(counts["up_bytes"], 0)
        self.assert_held_exactly_once(hub, self.saved_keys("K9404003", lines))


if __name__ == "__main__":
    unittest.main()
