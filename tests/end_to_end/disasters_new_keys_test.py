#!/usr/bin/env python3
"""A hub is lost with its keys: a new one takes its place, and `join --replace` brings everything to it."""

import json
import shutil
import unittest

from disasters_fixture import DISTRICT, HUB, POSTS, DisastersTest
from harness import nodes

SECOND_HUB = "P9404020"


class NewKeysTest(DisastersTest):
    def lose_the_hub(self, *options):
        self.hub_node.kill()
        shutil.rmtree(self.hub_node.data)
        self.make_hub_anew(*options)
        self.hub_node.start()

    def invite(self, facility, kind="posyandu"):
        name = "Dinkes Mimika" if kind == "district" else "Posyandu " + facility
        return self.hub_node.invite(facility, name, kind)

    def replace(self, node, *options):
        kind = "district" if node is self.district_node else "posyandu"
        facility = DISTRICT if kind == "district" else node.data.name
        done = node.run_command("join", "--replace", *options, self.invite(facility, kind))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(b"Enrolled", done.stdout)

    def refused(self, code, node, *words):
        """In both languages, by one sentence; the English one."""
        said = {}
        for language in ("id", "en"):
            done = node.run_command("join", *words, "--json", "--lang", language)
            self.assertNotEqual(done.returncode, 0, done.stdout)
            answer = json.loads(done.stderr)
            self.assertEqual(answer["code"], code, answer)
            said[language] = answer["message"]
        self.assertNotEqual(said["id"], said["en"])
        return said["en"]

    def test_AHubThatWasMadeToRebuildHoldsEverythingAgain(self):
        known, new = self.lived()
        node = known.status()["node"]
        shown = self.shown(known)
        self.lose_the_hub("--rebuild")
        self.assertIn("--replace", self.refused("other_hub", known, self.invite(POSTS[1])))
        for post in (known, new):
            self.replace(post)
        self.assertEqual(known.status()["node"], node)
        self.assertEqual(known.status()["durableAtHub"], 0, "the new hub has confirmed nothing yet")
        self.put(known, 5)
        for post in (known, new):
            post.start().wait_durable()
        self.assertEqual(known.status()["durableAtDistrict"], 0)
        self.district_node.start()
        self.replace(self.district_node)      # while it runs
        nodes.wait_until("all is at the hub", lambda: len(self.held()) == len(self.expected))
        self.assertTrue(self.hub_node.status()["rebuilding"])
        now = self.shown(known)
        self.assertEqual({record: now.get(record) for record in shown}, shown, "nothing was forgotten")
        self.hub_command("proceed")
        self.wait_everything(known, new)
        self.assertEqual({event["node"] for event in self.hub_node.events()
                          if event.get("facility") == POSTS[1] and "seq" in event}, {node})
        self.put(new, 6)
        self.wait_everything(known, new)
        self.wait_held(self.district_node)
        self.wait_same(self.district_node, known, new)
        self.assertEqual(len(self.district_node.status()["hubs"]), 1)
        # The destroyed device is known as well; its post gets another.
        self.assertFalse(self.hub_node.node_of(POSTS[0])["pending"])
        again = self.agent("again")
        self.assertEqual(again.join(self.invite(POSTS[0])).returncode, 0)
        again.start()
        own = {record for record, values in self.shown(self.hub_node).items()
               if values["set"].get("facility") == POSTS[0]}
        nodes.wait_until("it has its children", lambda: own <= set(self.shown(again)))

    def test_AHubThatWasNotToldToRebuildComesRightByItself(self):
        known, new = self.lived()
        self.lose_the_hub()
        for post in (new, known):
            self.replace(post)
            post.start().wait_durable()
        self.district_node.start()
        self.replace(self.district_node)
        self.wait_everything(known, new)
        self.wait_held(self.district_node)
        nodes.wait_until("it is whole", lambda: not self.hub_node.status()["rebuilding"])
        self.wait_life_goes_on(known, new)

    def test_ATabletThatHadBegunANewLifeIsGivenOn(self):
        self.district_node = self.joined()
        tablet = self.post(POSTS[0])
        self.put(tablet, 1)
        tablet.wait_durable()
        self.assertEqual(tablet.stop(), 0)
        copied = self.copy(tablet, "copy")
        tablet.start()
        self.put(tablet, 2)
        tablet.wait_durable()
        self.assertEqual(tablet.stop(), 0)
        self.put_back(copied, tablet)
        self.put(tablet, 3)
        tablet.start()
        self.wait_everything(tablet)
        self.wait_held(self.district_node)
        self.assertEqual(tablet.stop(), 0)
        self.put(tablet, 4)
        self.lose_the_hub()
        self.replace(tablet)          # before its district: the hub has nothing of its former life
        tablet.start().wait_durable()
        self.replace(self.district_node)
        self.put(tablet, 5)
        self.wait_everything(tablet)
        self.wait_held(self.district_node)
        self.wait_same(self.district_node, tablet)

    def test_ShouldTheFormerHubTurnUpAllIsGivenBackToIt(self):
        self.district_node = self.joined()
        tablet = self.post(POSTS[0])
        self.put(tablet, 1)
        tablet.wait_durable()
        self.wait_held(self.district_node)
        node = tablet.status()["node"]
        self.assertEqual(self.hub_node.stop(), 0)
        self.assertEqual(tablet.stop(), 0)
        former = self.copy(self.hub_node, "former-hub")
        self.lose_the_hub("--rebuild")
        self.replace(tablet)
        self.replace(self.district_node)
        self.put(tablet, 2)
        tablet.start()
        self.wait_everything(tablet)
        self.wait_held(self.district_node)
        self.assertEqual(tablet.stop(), 0)
        self.assertEqual(self.hub_node.stop(), 0)
        self.put_back(former, self.hub_node)
        self.hub_node.start()
        self.replace(self.district_node)
        self.replace(tablet)
        self.put(tablet, 3)
        tablet.start()
        self.wait_everything(tablet)
        self.wait_held(self.district_node)
        self.assertEqual(tablet.status()["node"], node)
        self.wait_same(self.district_node, tablet)

    def test_OneOfTwoHubsOfADistrictIsReplaced(self):
        known, _ = self.lived()
        second = self.hub("second", facility=SECOND_HUB, name="Puskesmas Agats").start()
        self.district_node.start()
        done = self.district_node.join(second.invite(DISTRICT, "Dinkes Mimika", "district"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.lose_the_hub("--rebuild")
        self.assertIn("--hub", self.refused("several_hubs", self.district_node, "--replace",
                                            self.invite(DISTRICT, "district")))
        # By mistake it is joined as a third first.
        done = self.district_node.join(self.invite(DISTRICT, "district"))
        self.assertEqual(done.returncode, 0, done.stderr)
        former = self.district_node.status()["hubs"][0]
        self.assertEqual(len(self.district_node.status()["hubs"]), 3)
        self.replace(self.district_node, "--hub", former["id"])
        hubs = self.district_node.status()["hubs"]
        self.assertEqual([(hub["id"], hub["facility"]) for hub in hubs[:1]], [(former["id"], HUB)])
        self.assertEqual([hub["facility"] for hub in hubs], [HUB, SECOND_HUB])
        self.replace(known)
        known.start()
        wanted = {key: record for key, record in self.expected.items()
                  if key[0] in (POSTS[0], POSTS[1], HUB)}
        nodes.wait_until("what both had is at the hub",
                         lambda: self.held().items() >= wanted.items())
        self.hub_command("proceed")
        self.wait_held(self.district_node)
        nodes.wait_until("the other hub is as it was", lambda: self.district_node.hub(
            SECOND_HUB)["offset"] == second.status()["offset"])

    def test_ReplacingIsRefusedWhereThereIsNothingToReplace(self):
        self.district_node = self.joined()
        post = self.post(POSTS[0])
        fresh = self.agent("fresh")
        self.refused("nothing_to_replace", fresh, "--replace", self.invite(POSTS[0]))
        self.refused("nothing_to_replace", nodes.District(self.directory / "none"), "--replace",
                     self.invite(DISTRICT, "district"))
        self.assertFalse(fresh.data.exists() or (self.directory / "none").exists())
        for running in (True, False):
            if not running:
                self.district_node.stop()
            self.refused("same_hub", self.district_node, "--replace",
                         self.invite(DISTRICT, "district"))
        self.assertEqual(self.district_node.start().status()["hubs"][0]["facility"], HUB)
        self.refused("locked", post, "--replace", self.invite(POSTS[0]))
        self.assertEqual(post.stop(), 0)
        self.refused("same_hub", post, "--replace", self.invite(POSTS[0]))
        self.refused("other_facility", post, "--replace", self.invite(POSTS[1]))
        self.refused("other_facility", post, "--replace", self.invite(POSTS[0], "pustu"))
        self.refused("invitation_for_district", post, "--replace",
                     self.invite(DISTRICT, "district"))
        self.refused("invitation_for_agent", self.district_node, "--replace",
                     self.invite(POSTS[0]))
        self.assertEqual(self.district_node.stop(), 0)
        self.refused("other_kind", nodes.Agent(self.district_node.data), "--replace",
                     self.invite(POSTS[0]))
        # It was refused, and nothing is lost by it.
        self.put(post, 1)
        post.start()
        self.wait_everything(post)

    def test_WhoWasRevokedIsNotGivenOn(self):
        self.district_node = self.joined()
        post = self.post(POSTS[0])
        for node, facility in ((post, POSTS[0]), (self.district_node, DISTRICT)):
            self.hub_command("revoke", facility)
            node.daemon.wait_for_line("refused this device: revoked")
            self.assertEqual(node.stop(), 0)
        self.lose_the_hub("--rebuild")
        self.refused("revoked", post, "--replace", self.invite(POSTS[0]))
        self.refused("revoked", self.district_node, "--replace",
                     self.invite(DISTRICT, "district"))


if __name__ == "__main__":
    unittest.main()
