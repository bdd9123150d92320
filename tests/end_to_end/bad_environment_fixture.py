"""What the bad-environment tests share: a hub, a device that has saved one event, and what must be
said when something stands in a command's way."""

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess

from harness import EndToEndTest, nodes

import bad_input  # found by harness
import links

BIN = nodes.binary_dir()
AGENT, HUB, DISTRICT = (BIN / f"titip-{kind}" for kind in ("agent", "hub", "district"))
FACILITY = "K9404001"
DAY_SECONDS = 86_400
NIK = bad_input.NIK

# How each sentence begins in Indonesian and in English, and the exit code.
REFUSALS = {
    "bad_invitation": ("Undangan ini tidak utuh", "This invitation is not complete", 1),
    "invitation_for_agent": ("Undangan ini untuk perangkat pos kesehatan",
                             "This invitation is for a health post's device", 1),
    "invitation_for_district": ("Undangan ini untuk dinas kesehatan",
                                "This invitation is for a district office", 1),
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
    "other_kind": ("Direktori data", "The data directory", 3),
    "store_exists": ("Sudah ada data Titip di", "There is already a Titip store in", 3),
    "no_such_hub": ("Dinas ini tidak bergabung dengan hub itu",
                    "This district has joined no such hub", 1),
    "disk_full": ("Penyimpanan penuh (standard output)", "The disk is full (standard output)", 3),
    "io_failed": ("Sistem gagal membaca atau menulis (standard output)",
                  "The system could not read or write (standard output)", 3),
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


class BadEnvironment(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.its_hub = self.hub().start()
        self.device = self.enrolled(self.its_hub, FACILITY)
        done, _ = self.device.put([bad_input.encoded(
            {**bad_input.person(NIK), "ref": "kept"}).decode()])
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
                    self.assertNotIn(NIK.encode(), done.stderr)
                    self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)
                text = plain.stderr.decode().removesuffix("\n")
                self.assertRegex(text, r"\A[^\n]+[:;] [^\n]+\.\Z")
                self.assertTrue(text.startswith(begins), text)
                said = json.loads(as_json.stderr)
                self.assertEqual(said, {**said, "code": code, "message": text})
                self.assertLessEqual(set(said), {"code", "field", "message"})

    def assert_not_taken(self, *words, stdin=b""):
        """A full disk, and a reader that has gone, are said; a pipe's end also as others tell it."""
        for language in ("id", "en"):
            said = ["--lang", language]
            with open("/dev/full", "wb") as full:
                self.assert_output_refused("disk_full", [*words, *said], full, stdin)
            self.assert_output_refused("io_failed", [*words, *said], self.closed_pipe(), stdin,
                                       restore_signals=False)      # as under systemd: ignored
        done = self.into(self.closed_pipe(), words, stdin)
        self.assertEqual((done.returncode, done.stderr), (-signal.SIGPIPE, b""), words)

    def assert_output_refused(self, code, words, output, stdin, **options):
        begins = REFUSALS[code][0 if "id" in words[-1] else 1]
        plain = self.into(output, words, stdin, **options)
        text = plain.stderr.decode().removesuffix("\n")
        self.assertEqual(plain.returncode, REFUSALS[code][2], (words, text))
        self.assertTrue(text.startswith(begins), (words, text))
        self.assertNotIn("\n", text)
        said = json.loads(self.into(output, [*words, "--json"], stdin, **options).stderr)
        self.assertEqual(said, {"code": code, "message": text})

    def closed_pipe(self):
        """The end for writing of a pipe that nobody reads."""
        read_end, write_end = os.pipe()
        os.close(read_end)
        self.addCleanup(os.close, write_end)
        return write_end

    @staticmethod
    def into(output, words, stdin, **options):
        return subprocess.run(words, stdout=output, stderr=subprocess.PIPE, input=stdin, timeout=60,
                              check=False, env=nodes.child_environment(), **options)

    def link(self, facility="K9404002"):
        return self.its_hub.invite(facility, "Posyandu " + facility)

    def assert_join_refused(self, code, link, data=None):
        self.assert_refused(code, AGENT, "join", link, "--data", data or self.directory / "joins")

    def invitation_of_yesterday(self, link):
        """`link` after a day, for the hub, in its store, as here, in the link."""
        self.its_hub.stop()
        done = nodes.command([BIN / "titip-edit-store", self.its_hub.data, "expire-invitations"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.its_hub.start()
        link = links.parse(link)
        old = link.expires_seconds - 2 * DAY_SECONDS
        return dataclasses.replace(link, expires_seconds=old).text()

    def of_newer_format(self, node):
        """A copy of its directory, as a later Titip would have written it; nothing may run there."""
        copy = pathlib.Path(f"{node.data}-newer")
        shutil.copytree(node.data, copy, ignore=lambda _, names: {"titip.sock"} & set(names))
        done = nodes.command([BIN / "titip-edit-store", copy, "newer-format"])
        self.assertEqual(done.returncode, 0, done.stderr)
        return copy

    @staticmethod
    def mistyped(link):
        yield from (link[:-1], link[:-9] + link[-8:], link.replace("titip:", "http:"),
                    link.upper(), "", NIK, "titip://" + NIK)
        for part, wrong in (("name", "Posyandu " + NIK), ("facility", NIK), ("host", NIK + ":7400")):
            yield dataclasses.replace(links.parse(link), **{part: wrong}).text()

    @staticmethod
    def content(data):
        return hashlib.sha256((data / "store" / "data.mdb").read_bytes()).hexdigest()
