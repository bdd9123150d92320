#!/usr/bin/env python3
"""What stands in a command's way (an invitation, a directory, a port, a store) is said in one
sentence in the chosen language, with a stable code and exit code, and costs no saved event."""

import socket
import unittest

from bad_environment_fixture import AGENT, BadEnvironment, FACILITY, HUB, NIK, read_only_prefix
from harness import nodes

import bad_input  # found by harness
import links


class BadEnvironmentTest(BadEnvironment):
    def test_AMistypedInvitation(self):
        for wrong in self.mistyped(self.link()):
            self.assert_join_refused("bad_invitation", wrong)
        self.assertFalse((self.directory / "joins").exists())
        self.assert_nothing_lost()

    def test_ANameThatHoldsANik(self):
        name = "Posyandu " + NIK       # logs and status show names
        self.assert_refused("bad_option", HUB, "invite", "--facility", "K1", "--name", name,
                            "--kind", "posyandu", "--data", self.its_hub.data)
        self.assert_refused("bad_option", HUB, "init", "--facility", "P1", "--name", name,
                            "--data", self.directory / "new")
        self.assertFalse((self.directory / "new").exists())
        self.assert_nothing_lost()

    def test_AnExpiredInvitation(self):
        old = self.invitation_of_yesterday(self.link())
        self.assert_join_refused("invitation_expired", old)
        self.assertIsNone(self.its_hub.node_of("K9404002"))
        self.assert_nothing_lost()

    def test_AUsedInvitation(self):
        link = self.link()
        self.assertEqual(self.agent("quicker").join(link).returncode, 0)
        self.assert_join_refused("invitation_used", link)
        self.assert_nothing_lost()

    def test_AnInvitationWithAWrongHubKey(self):
        link = links.of_another_hub(links.parse(self.link()))
        self.assert_join_refused("wrong_hub_key", link.text())
        self.assert_nothing_lost()

    def test_AnInvitationOfAnotherHub(self):
        other = nodes.Hub(self.directory / "other", facility="P9404020", name="Puskesmas Kuala")
        link = other.invite("K9404002", "Posyandu Mawar")
        self.assert_join_refused("other_hub", link, data=self.device.data)
        self.assert_nothing_lost()

    def test_ASecondDaemonOnADataDirectory(self):
        self.device.start()
        for program, node in ((AGENT, self.device), (HUB, self.its_hub)):
            self.assert_refused("locked", program, "run", "--data", node.data,
                                "--http", "127.0.0.1:0")
            self.assertTrue(node.daemon.running())
        self.assert_nothing_lost()

    def commands_of_both(self, agents, hubs):
        """Every command that needs a data directory, with these."""
        for name in ("status", "put", "run", ("list", "Person"), ("get", "Person", "0" * 16)):
            yield [AGENT, *([name] if isinstance(name, str) else name), "--data", agents]
        for name in ("status", "put", "run", "verify", "events", ("events", "--follow"), "nodes",
                     ("list", "Person"), ("get", "Person", "0" * 16), ("revoke", FACILITY),
                     ("invite", "--facility", "K1", "--name", "X", "--kind", "posyandu")):
            yield [HUB, *([name] if isinstance(name, str) else name), "--data", hubs]

    def test_AMissingDirectory(self):
        nowhere = self.directory / "nowhere"
        for words in self.commands_of_both(nowhere, nowhere):
            self.assert_refused("no_store", *words)
        self.assertFalse(nowhere.exists())
        self.assert_nothing_lost()

    def test_AReadOnlyDirectory(self):
        link = self.link()
        self.its_hub.stop()
        prefix = read_only_prefix(self.directory)
        if prefix is None:
            self.skipTest("no read-only bind mount can be made here: needs root or user namespaces")
        for words in ([AGENT, "put", "--data", self.device.data],
                      [AGENT, "run", "--data", self.device.data],
                      [AGENT, "join", link, "--data", self.directory / "new"],
                      [AGENT, "join", link, "--data", self.device.data],
                      [HUB, "run", "--data", self.its_hub.data],
                      [HUB, "put", "--data", self.its_hub.data],
                      [HUB, "revoke", FACILITY, "--data", self.its_hub.data],
                      [HUB, "init", "--facility", "P1", "--name", "X", "--data",
                       self.directory / "new"]):
            self.assert_refused("no_permission", *prefix, *words)
        for program, node in ((AGENT, self.device), (HUB, self.its_hub)):   # reading needs no more
            done = nodes.command([*prefix, program, "status", "--data", node.data])
            self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assert_nothing_lost()

    def test_APortInUse(self):
        self.its_hub.stop()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for program, node in ((AGENT, self.device), (HUB, self.its_hub)):
                self.assert_refused("address_in_use", program, "run", "--data", node.data,
                                    "--http", address, "--log-level", "off")
            self.assert_refused("address_in_use", HUB, "run", "--data", self.its_hub.data,
                                "--listen", "tcp://" + address, "--http", "127.0.0.1:0")
        self.assert_nothing_lost()

    def test_WhatIsNotTakenIsNoSuccess(self):
        self.device.start()
        self.device.wait_durable()
        person = self.device.records("Person")[0]["id"]
        again = bad_input.encoded({**bad_input.person(NIK), "ref": "kept"})
        both = (("status",), ("list", "Person"), ("get", "Person", person))
        invite = ("invite", "--facility", "K1", "--name", "X", "--kind", "posyandu")
        for running in (True, False):
            if not running:
                self.device.stop()
                self.its_hub.stop()
            for words in (*both, ("put",)):
                self.assert_not_taken(AGENT, *words, "--data", self.device.data, stdin=again)
            self.assert_not_taken(HUB, "put", "--data", self.its_hub.data, stdin=b"{}")
            follow = (("events", "--follow"),) if running else ()
            for words in (*both, ("nodes",), ("events",), ("verify",), invite, *follow):
                self.assert_not_taken(HUB, *words, "--data", self.its_hub.data)
        self.assert_nothing_lost()

    def test_AStoreOfANewerFormat(self):
        self.its_hub.stop()
        newer = [self.of_newer_format(node) for node in (self.device, self.its_hub)]
        before = [self.content(copy) for copy in newer]
        for words in self.commands_of_both(*newer):
            self.assert_refused("newer_format", *words)
        self.assert_refused("newer_format", HUB, "init", "--facility", "P1", "--name", "X",
                            "--data", newer[1])
        self.assertEqual([self.content(copy) for copy in newer], before)
        self.assert_nothing_lost()


if __name__ == "__main__":
    unittest.main()
