#!/usr/bin/env python3
"""A hub's directory is lost, or an old one comes back; a tablet's, too. What anyone kept is there again."""

import json
import shutil
import unittest

from disasters_fixture import DISTRICT, POSTS, DisastersTest
from harness import nodes


class DisastersOfHubAndTablet(DisastersTest):
    def test_AHubWithoutItsDirectoryComesBackWithItsKeys(self):
        known, new = self.lived()
        keys = self.export_keys()
        self.hub_node.kill()
        shutil.rmtree(self.hub_node.data)
        self.make_hub_anew("--keys", keys)
        self.hub_node.start()
        known.start()
        new.start()
        waiting = {POSTS[1]: True, POSTS[2]: True}
        nodes.wait_until("both have come", lambda: {
            node["facility"]: node["pending"] for node in self.hub_node.status()["nodes"]} == waiting)
        self.assertIn(b"waits for 'titip-hub confirm'", self.hub_node.answer("nodes"))
        self.district_node.start()
        nodes.wait_until("the district has come", lambda: self.hub_node.node_of(DISTRICT))
        self.hub_command("confirm", DISTRICT)
        self.wait_held(self.district_node)
        # What it handed back says who the posts are, the destroyed one, too.
        nodes.wait_until("nobody waits", lambda: [
            node["pending"] for node in self.hub_node.status()["nodes"]] == [False] * 4)
        self.assertIn(b"No device was waiting", self.hub_command("confirm", "--all"))
        self.assertTrue(self.hub_node.status()["rebuilding"])
        self.hub_command("proceed")
        self.assertFalse(self.hub_node.status()["rebuilding"])
        self.wait_everything(known, new)
        self.put(new, 6)
        self.wait_life_goes_on(known, new)

    def test_AHubFromAnHourOldBackupHoldsAgainWhatCameLater(self):
        self.district_node = self.joined()
        gone, known, new = (self.post(facility) for facility in POSTS)
        self.put(known, 1)
        known.wait_durable()
        backup = self.directory / "backup"
        self.hub_command("backup", backup)
        keys = self.export_keys()
        for seed, post in enumerate((gone, known), 2):
            self.put(post, seed)
            post.wait_durable()
        self.wait_held(self.district_node)
        self.assertEqual(self.district_node.stop(), 0)
        self.put(new, 4)
        new.wait_durable()
        for post in (gone, known, new):
            self.assertEqual(post.stop(), 0)
        shutil.rmtree(gone.data)
        self.hub_node.kill()
        shutil.rmtree(self.hub_node.data)
        self.hub_command("restore", backup, "--keys", keys)
        self.hub_node.run_environment["TITIP_LISTEN"] = self.hub_node.endpoint
        self.hub_node.start()
        self.assertTrue(self.hub_node.status()["rebuilding"])
        for node in (known, new, self.district_node):
            node.start()
        # The only district ends it.
        nodes.wait_until("it is whole", lambda: not self.hub_node.status()["rebuilding"])
        self.wait_everything(known, new)
        self.wait_life_goes_on(known, new)

    def test_ATabletFromAnOldCopyLosesNothingThatReachedTheHub(self):
        district = self.joined()
        tablet, other = self.post(POSTS[0]), self.post(POSTS[1])
        self.put(tablet, 1)
        tablet.wait_durable()
        self.assertEqual(tablet.stop(), 0)
        copied = self.copy(tablet, "copy")
        tablet.start()
        self.put(tablet, 2)
        self.put(other, 3)
        tablet.wait_durable()
        self.assertEqual(tablet.stop(), 0)
        self.put_back(copied, tablet)
        self.put(tablet, 4)        # before it meets the hub again
        tablet.start()
        tablet.daemon.wait_for_line("goes on under a new name")
        self.put(tablet, 5)
        self.wait_everything(tablet, other)
        self.wait_held(district)
        self.wait_same(district, tablet, other)
        # It is sent what it had written after the copy, too.
        own = {record for (facility, _), record in self.expected.items() if facility == POSTS[0]}
        nodes.wait_until("its own came back", lambda: {
            record for record in self.shown(self.hub_node) if record in own
        } <= set(self.shown(tablet)))
        self.assert_stays_connected(tablet, other)

    def test_BothCopiesOfAClonedTabletGoOn(self):
        district = self.joined()
        one = self.post(POSTS[0])
        self.put(one, 1)
        one.wait_durable()
        self.assertEqual(one.stop(), 0)
        self.copy(one, "clone")
        one.start()
        clone = self.agent("clone").start()
        for seed in (2, 4, 6):
            self.put(one, seed)
            self.put(clone, seed + 1, facility=POSTS[0])
        self.wait_everything(one, clone)
        self.assert_stays_connected(one, clone)
        # For good: whichever dials anew stays itself.
        for node in (clone, one, clone):
            self.assertEqual(node.stop(), 0)
            self.put(node, len(self.expected), facility=POSTS[0])
            node.start()
            self.wait_everything(one, clone)
        self.assert_stays_connected(one, clone)
        self.wait_held(district)
        self.wait_same(district, one, clone)

    def test_AnotherCopyOfAHubIsShownUntilAnOperatorProceeds(self):
        tablet = self.post(POSTS[0])
        self.put(tablet, 1)
        tablet.wait_durable()
        self.assertEqual(self.hub_node.stop(), 0)
        copied = self.copy(self.hub_node, "copied-hub")
        self.hub_node.start()
        elsewhere = f"tcp://127.0.0.1:{nodes.free_port()}"
        other = nodes.Process([nodes.binary_dir() / "titip-hub", "run", "--data", copied,
                               "--listen", elsewhere, "--http", "127.0.0.1:0"])
        self.started.append(other)
        other.wait_for_line(nodes.Node.ready_line)

        def visit(endpoint):
            self.assertEqual(tablet.stop(), 0)
            tablet.run_environment["TITIP_HUB"] = endpoint
            tablet.start()
            self.wait_connected(tablet)

        for endpoint in (self.hub_node.endpoint, elsewhere, self.hub_node.endpoint):
            visit(endpoint)
        node = tablet.status()["node"]
        self.assertEqual(self.hub_node.status()["otherCopy"]["node"], node)
        self.assertIn(b"Another copy", self.hub_node.answer("status"))
        self.assertEqual(other.stop(), 0)
        said = json.loads(self.hub_command("proceed", "--json"))
        self.assertEqual(said, {"wasRebuilding": False, "hadOtherCopy": True})
        self.assertNotIn("otherCopy", self.hub_node.status())
        visit(self.hub_node.endpoint)
        self.put(tablet, 2)
        self.wait_everything(tablet)
        self.assertNotIn("otherCopy", self.hub_node.status())


if __name__ == "__main__":
    unittest.main()
