#!/usr/bin/env python3
"""What stands in a district's way (an invitation, a directory, a port, a store, a reader that goes
away) is said in one sentence, with a stable code and exit code, and costs nothing that it keeps."""

import json
import socket
import unittest

from bad_environment_fixture import (AGENT, BadEnvironment, DISTRICT, FACILITY, HUB, NIK,
                                     read_only_prefix)
from harness import nodes

import links  # found by harness

OWN = "D9404000"
FAR_HUB = "P9404020"


class BadEnvironmentDistrictTest(BadEnvironment):
    """A district that keeps one hub's journal; what is refused is about another hub, `its_hub`."""

    def setUp(self):
        super().setUp()
        self.far_hub = self.hub("far", facility=FAR_HUB, name="Puskesmas Agats").start()
        done, _ = self.far_hub.put([json.dumps({"type": "Person", "set": {"name": "Ibu Satu"}})])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.office = self.district()
        self.assertEqual(self.office.join(self.invitation(self.far_hub)).returncode, 0)
        self.held()

    def invitation(self, hub=None):
        return (hub or self.its_hub).invite(OWN, "Dinkes Mimika", "district")

    def held(self, hub=None, facility=FAR_HUB):
        """Runs until it holds the hub's journal."""
        if not self.office.daemon:
            self.office.start()
        wanted = (hub or self.far_hub).status()["offset"]
        nodes.wait_until("it holds the journal", lambda: (
            self.office.hub(facility) or {"offset": 0})["offset"] == wanted)

    @staticmethod
    def persons(node):
        return [record["id"] for record in node.records("Person")]

    def assert_nothing_lost(self):
        """The one hub is kept and printed as if nothing had been tried, and named by nobody."""
        super().assert_nothing_lost()
        self.held()
        nodes.wait_until("it holds the record", lambda: self.persons(self.office))
        for running in (True, False):
            if not running:
                self.office.stop()
            printed = self.office.tail("--after", "0")
            for event in printed:
                event.pop("hubFacility")
            self.assertEqual(printed, self.far_hub.events())
            self.assertEqual(self.persons(self.office), self.persons(self.far_hub))

    def assert_join_refused(self, code, link, data=None):
        """To a new directory, to one that is kept, and to one that runs."""
        if data:
            return self.assert_refused(code, DISTRICT, "join", link, "--data", data)
        for running in (True, False):
            if running and not self.office.daemon:
                self.office.start()
            if not running:
                self.office.stop()
            self.assert_refused(code, DISTRICT, "join", link, "--data", self.office.data)
        self.assert_refused(code, DISTRICT, "join", link, "--data", self.directory / "joins")

    def test_AMistypedInvitation(self):
        for wrong in self.mistyped(self.invitation()):
            self.assert_join_refused("bad_invitation", wrong)
        self.assertFalse((self.directory / "joins").exists())
        self.assert_nothing_lost()

    def test_AnInvitationOfAnotherKind(self):
        self.assert_join_refused("invitation_for_agent", self.link())
        self.assertFalse((self.directory / "joins").exists())
        for data in (self.directory / "joins", self.device.data, self.office.data):
            self.assert_refused("invitation_for_district", AGENT, "join", self.invitation(),
                                "--data", data)
        self.assertFalse((self.directory / "joins").exists())
        self.assert_nothing_lost()

    def test_AnExpiredInvitation(self):
        old = self.invitation_of_yesterday(self.invitation())
        self.assert_join_refused("invitation_expired", old)
        self.assertIsNone(self.its_hub.node_of(OWN))
        self.assert_nothing_lost()

    def test_AUsedInvitation(self):
        link = self.invitation()
        self.assertEqual(self.district("quicker").join(link).returncode, 0)
        self.assert_join_refused("invitation_used", link)
        self.assert_nothing_lost()

    def test_AnInvitationWithAWrongHubKey(self):
        link = links.of_another_hub(links.parse(self.invitation()))
        self.assert_join_refused("wrong_hub_key", link.text())
        self.assert_nothing_lost()

    def test_ARefusedInvitationIsFollowedByAGoodOne(self):
        old = self.invitation_of_yesterday(self.invitation())
        self.assert_join_refused("invitation_expired", old)
        for running in (False, True):
            if running:
                self.office.start()
            done = self.office.join(self.invitation())
            self.assertEqual(done.returncode, 0, done.stderr)
        self.held(self.its_hub, self.its_hub.status()["facility"])
        self.assertEqual(len(self.office.status()["hubs"]), 2)

    def test_AHubThatItIsADistrictOfAlready(self):
        before = self.far_hub.status()["offset"]
        for running in (True, False):
            if not running:
                self.office.stop()
            for language, begins in (("id", "Sudah terdaftar di"), ("en", "Already enrolled at")):
                done = self.office.join(self.invitation(self.far_hub), "--lang", language)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertEqual(done.stdout.decode(),
                                 begins + f" Puskesmas Agats ({FAR_HUB}) "
                                 + ("sebagai" if language == "id" else "as")
                                 + f" Dinkes Mimika ({OWN}).\n")
        self.assertEqual(self.far_hub.status()["offset"], before)
        self.assertEqual(len(self.office.status()["hubs"]), 1)
        self.assert_nothing_lost()

    def test_ASecondDaemonOnItsDirectory(self):
        self.assert_refused("locked", DISTRICT, "run", "--data", self.office.data,
                            "--http", "127.0.0.1:0")
        self.assertTrue(self.office.daemon.running())
        self.assertEqual(self.office.join(self.invitation()).returncode, 0)     # while it runs
        self.held(self.its_hub, self.its_hub.status()["facility"])
        self.assertEqual(len(self.office.tail()),
                         self.far_hub.status()["offset"] + self.its_hub.status()["offset"])

    def commands(self, data):
        for words in (("status",), ("run",), ("tail",), ("tail", "--feed", "changes"),
                      ("list", "Person"), ("get", "Person", "0" * 16)):
            yield [DISTRICT, *words, "--data", data]

    def test_AMissingDirectory(self):
        nowhere = self.directory / "nowhere"
        for words in self.commands(nowhere):
            self.assert_refused("no_store", *words)
        self.assertFalse(nowhere.exists())
        self.assert_nothing_lost()

    def test_AReadOnlyDirectory(self):
        link = self.invitation()
        self.office.stop()
        prefix = read_only_prefix(self.directory)
        if prefix is None:
            self.skipTest("no read-only bind mount can be made here: needs root or user namespaces")
        for words in (["run", "--data", self.office.data],
                      ["join", link, "--data", self.office.data],
                      ["join", link, "--data", self.directory / "new"]):
            self.assert_refused("no_permission", *prefix, DISTRICT, *words)
        for words in (["status"], ["list", "Person"], ["tail", "--after", "0"]):
            done = nodes.command([*prefix, DISTRICT, *words, "--data", self.office.data])
            self.assertEqual((done.returncode, done.stderr), (0, b""))
        # What is printed cannot be remembered, so it is printed again.
        for _ in range(2):
            done = nodes.command([*prefix, DISTRICT, "tail", "--json", "--data", self.office.data])
            self.assertEqual((done.returncode, json.loads(done.stderr)["code"]),
                             (3, "no_permission"))
            self.assertEqual(len(done.stdout.splitlines()), self.far_hub.status()["offset"])
        self.assert_nothing_lost()

    def test_APortInUse(self):
        self.office.stop()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.assert_refused("address_in_use", DISTRICT, "run", "--data", self.office.data,
                                "--http", f"127.0.0.1:{taken.getsockname()[1]}",
                                "--log-level", "off")
        self.assert_nothing_lost()

    def test_AStoreOfANewerFormat(self):
        self.office.stop()
        copy = self.of_newer_format(self.office)
        before = self.content(copy)
        for words in self.commands(copy):
            self.assert_refused("newer_format", *words)
        self.assert_join_refused("newer_format", self.invitation(), data=copy)
        self.assertEqual(self.content(copy), before)
        self.assert_nothing_lost()

    def test_ADirectoryOfAnotherKindOfNode(self):
        self.device.start()
        places = {AGENT: self.device, HUB: self.its_hub, DISTRICT: self.office}
        reading = {AGENT: (("status",), ("put",)),
                   HUB: (("status",), ("put",), ("nodes",), ("events",), ("events", "--follow"),
                         ("verify",), ("revoke", FACILITY),
                         ("invite", "--facility", "K1", "--name", "X", "--kind", "posyandu")),
                   DISTRICT: (("status",), ("tail",), ("tail", "--feed", "changes"))}
        making = {AGENT: ("join", self.link()), DISTRICT: ("join", self.invitation()),
                  HUB: ("init", "--facility", "P1", "--name", "X")}
        for running in (True, False):
            for node in () if running else places.values():
                node.stop()
            for program, own in places.items():
                for node in places.values():
                    if node is own:
                        continue
                    for words in (*reading[program], ("list", "Person"),
                                  ("get", "Person", "0" * 16)):
                        self.assert_refused("other_kind", program, *words, "--data", node.data)
                    if running:
                        self.assert_refused("locked", program, "run", "--data", node.data)
                        self.assertTrue(node.daemon.running())
                        continue
                    self.assert_refused("other_kind", program, "run", "--data", node.data)
                    done = nodes.command([program, "status", "--data", node.data])
                    self.assertIn(f"another program: {node.program};".encode(), done.stderr)
                    self.assert_refused("store_exists", program, *making[program],
                                        "--data", node.data)
        self.far_hub.stop()
        self.far_hub.start()
        self.assert_nothing_lost()

    def test_WhatIsNotTakenFromTailIsPrintedAgain(self):
        for feed in ("events", "changes"):
            nodes.wait_until("it holds the change", lambda: self.office.hub(FAR_HUB)["changes"] > 0)
            for running in (True, False):
                if running and not self.office.daemon:
                    self.office.start()
                if not running:
                    self.office.stop()
                for more in ((), ("--after", "0"), ("--follow",)):
                    self.assert_not_taken(DISTRICT, "tail", "--feed", feed, *more,
                                          "--data", self.office.data)
            self.assertNotEqual(self.office.tail("--feed", feed), [])
            self.assertEqual(self.office.tail("--feed", feed), [])
        self.assert_nothing_lost()

    def test_WhatIsNotTakenIsNoSuccess(self):
        person = self.far_hub.records("Person")[0]["id"]
        nodes.wait_until("it holds the record", lambda: self.persons(self.office))
        for running in (True, False):
            if not running:
                self.office.stop()
            for words in (("status",), ("list", "Person"), ("get", "Person", person)):
                self.assert_not_taken(DISTRICT, *words, "--data", self.office.data)
        self.assert_nothing_lost()

    def test_AnOptionOfTailThatMakesNoSense(self):
        for option, wrong, field_says in (
                ("--feed", "nonsense", {"id": "harus salah satu dari", "en": "must be one of"}),
                ("--feed", NIK, {"id": "harus salah satu dari", "en": "must be one of"}),
                *(("--after", number, {"id": "harus bilangan bulat", "en": "must be a whole number"})
                  for number in ("x", "-1", "1.5", "", str(2**64)))):
            for language, says in field_says.items():
                plain, as_json = (self.office.run_command("tail", option, wrong, "--lang", language,
                                                          *more) for more in ((), ("--json",)))
                text = plain.stderr.decode().removesuffix("\n")
                self.assertTrue(text.startswith(f"{option} {says}"), text)
                self.assertNotIn(NIK, text)
                self.assertEqual(json.loads(as_json.stderr),
                                 {"code": "bad_option", "field": option, "message": text})
                for done in (plain, as_json):
                    self.assertEqual((done.returncode, done.stdout), (2, b""))
        for wrong in ("P0000000", NIK, "0" * 16, OWN):
            for words in (("tail",), ("list", "Person"), ("get", "Person", "0" * 16)):
                self.assert_refused("no_such_hub", DISTRICT, *words, "--hub", wrong,
                                    "--data", self.office.data)
        self.assert_nothing_lost()


if __name__ == "__main__":
    unittest.main()
