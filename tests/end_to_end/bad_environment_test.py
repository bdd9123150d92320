#!/usr/bin/env python3
"""What stands in a command's way (an invitation, a directory, a port, a store) is said in one
sentence in the chosen language, with a stable code and exit code, and costs no saved event."""

import dataclasses
import hashlib
import json
import pathlib
import shutil
import socket
import subprocess
import unittest

from harness import EndToEndTest, nodes

import bad_input  # found by harness
import links

BIN = nodes.binary_dir()
AGENT, HUB = BIN / "titip-agent", BIN / "titip-hub"
FACILITY = "K9404001"
DAY_SECONDS = 86_400

# How each sentence begins in Indonesian and in English, and the exit code.
REFUSALS = {
    "bad_invitation": ("Undangan ini tidak utuh", "This invitation is not complete", 1),
    "invitation_expired": ("Undangan ini sudah lewat 24 jam",
                           "This invitation is older than 24 hours", 4),
    "invitation_used": ("Undangan ini sudah dipakai perangkat lain",
                        "This invitation was used by another device", 4),
    "other_hub": ("Perangkat ini sudah terdaftar di hub lain (Puskesmas Timika)",
                  "This device is enrolled at another hub (Puskesmas Timika)", 4),
    "wrong_hub_key": ("Server menjawab, tetapi bukan hub dari undangan ini",
                      "The server answered, but it is not this invitation's hub", 4),
    "bad_option": ("Pilihan --name salah", "The option --name is wrong", 2),
    "locked": ("Direktori data", "The data directory", 3),
    "no_store": ("Belum ada data Titip di", "There is no Titip store in", 3),
    "no_permission": ("Tidak ada izin untuk", "Permission denied for", 3),
    "address_in_use": ("Alamat", "The address", 3),
    "newer_format": ("Data ini ditulis oleh Titip yang lebih baru (format 2)",
                     "This store was written by a newer Titip (format 2)", 3),
}


def read_only_prefix(directory):
    """Words that run a command to which `directory` is read-only, or None if none can be made."""
    def words(*options):
        return ["unshare", *options, "-m", "sh", "-c",
                'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"', directory]
    for options in ((), ("-r",)):
        try:
            if subprocess.run([*words(*options), "true"], capture_output=True).returncode == 0:
                return words(*options)
        except FileNotFoundError:
            return None
    return None


class BadEnvironmentTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.its_hub = self.hub().start()
        self.device = self.enrolled(self.its_hub, FACILITY)
        done, _ = self.device.put([bad_input.encoded(
            {**bad_input.person(bad_input.NIK), "ref": "kept"}).decode()])
        self.assertEqual(done.returncode, 0, done.stderr)

    def assert_nothing_lost(self):
        if not self.its_hub.daemon:
            self.its_hub.start()
        if not self.device.daemon:
            self.device.start()
        self.device.wait_durable()
        self.assert_held_exactly_once(self.its_hub, {(FACILITY, "Person", "kept")})

    def assert_refused(self, code, *words, environment=None):
        """The command ends with `code`, said as text and as JSON in both languages, and no more."""
        indonesian, english, exit_code = REFUSALS[code]
        for language, begins in (("id", indonesian), ("en", english)):
            with self.subTest(command=[str(word) for word in words[:6]], language=language):
                plain, as_json = (
                    nodes.command([*words, "--lang", language, *more], environment=environment)
                    for more in ((), ("--json",)))
                for done in (plain, as_json):
                    self.assertEqual((done.returncode, done.stdout), (exit_code, b""), done.stderr)
                    self.assertNotIn(bad_input.NIK.encode(), done.stderr)
                    self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)
                text = plain.stderr.decode().removesuffix("\n")
                self.assertRegex(text, r"\A[^\n]+[:;] [^\n]+\.\Z")
                self.assertTrue(text.startswith(begins), text)
                said = json.loads(as_json.stderr)
                self.assertEqual(said, {**said, "code": code, "message": text})
                self.assertLessEqual(set(said), {"code", "field", "message"})

    def link(self, facility="K9404002"):
        return self.its_hub.invite(facility, "Posyandu " + facility)

    def assert_join_refused(self, code, link, data=None):
        self.assert_refused(code, AGENT, "join", link, "--data", data or self.directory / "joins")

    def test_AMistypedInvitation(self):
        link = self.link()
        for wrong in (link[:-1], link[:-9] + link[-8:], link.replace("titip:", "http:"),
                      link.upper(), "", bad_input.NIK, "titip://" + bad_input.NIK):
            self.assert_join_refused("bad_invitation", wrong)
        named = dataclasses.replace(links.parse(link), name="Posyandu " + bad_input.NIK)
        self.assert_join_refused("bad_invitation", named.text())
        self.assertFalse((self.directory / "joins").exists())
        self.assert_nothing_lost()

    def test_ANameThatHoldsANik(self):
        name = "Posyandu " + bad_input.NIK       # logs and status show names
        self.assert_refused("bad_option", HUB, "invite", "--facility", "K1", "--name", name,
                            "--kind", "posyandu", "--data", self.its_hub.data)
        self.assert_refused("bad_option", HUB, "init", "--facility", "P1", "--name", name,
                            "--data", self.directory / "new")
        self.assertFalse((self.directory / "new").exists())
        self.assert_nothing_lost()

    def test_AnExpiredInvitation(self):
        link = links.parse(self.link())
        self.its_hub.stop()                # a day passes: for the hub in its store…
        done = nodes.command([BIN / "titip-edit-store", self.its_hub.data, "expire-invitations"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.its_hub.start()
        old = dataclasses.replace(link, expires_seconds=link.expires_seconds - 2 * DAY_SECONDS)
        self.assert_join_refused("invitation_expired", old.text())     # …and here in the link
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
        for name in ("status", "run", "verify", "events", "nodes", ("list", "Person"),
                     ("revoke", FACILITY),
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

    def test_AStoreOfANewerFormat(self):
        self.its_hub.stop()
        newer = []
        for node in (self.device, self.its_hub):
            copy = pathlib.Path(f"{node.data}-newer")
            shutil.copytree(node.data, copy, ignore=lambda _, names: {"titip.sock"} & set(names))
            done = nodes.command([BIN / "titip-edit-store", copy, "newer-format"])
            self.assertEqual(done.returncode, 0, done.stderr)
            newer.append(copy)
        before = [self.content(copy) for copy in newer]
        for words in self.commands_of_both(*newer):
            self.assert_refused("newer_format", *words)
        self.assert_refused("newer_format", HUB, "init", "--facility", "P1", "--name", "X",
                            "--data", newer[1])
        self.assertEqual([self.content(copy) for copy in newer], before)
        self.assert_nothing_lost()

    @staticmethod
    def content(data):
        return hashlib.sha256((data / "store" / "data.mdb").read_bytes()).hexdigest()


if __name__ == "__main__":
    unittest.main()
