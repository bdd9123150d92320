#!/usr/bin/env python3
"""A hub is backed up while it runs, and made again from the backup; nothing wrong is taken for one."""

import json
import os
import pathlib
import shutil
import stat
import tempfile
import threading
import unittest

from harness import EndToEndTest, nodes

FACILITY = "K9404001"
LINES = 30


class BackupTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.main = self.hub()

    def path(self, name):
        return self.directory / name

    def put(self, seed, lines=LINES, at=None):
        done, results = (at or self.main).put(nodes.generate("P9404010", seed, lines))
        self.assertEqual(done.returncode, 0, done.stderr)
        return [result["id"] for result in results]

    def at(self, data, *arguments):
        """A command of titip-hub on another data directory."""
        name, *rest = arguments
        return nodes.command([nodes.binary_dir() / "titip-hub", name, *rest, "--data",
                              self.path(data)])

    def back_up(self, name, *arguments):
        done = self.main.run_command("backup", self.path(name), "--json", *arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def keys(self, name="keys"):
        done = self.at("hub", "keys", "export", self.path(name))
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.path(name)

    def assert_refused(self, code, done, *gone):
        """In both languages, by one sentence; nothing of `gone` is there."""
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertEqual(json.loads(done.stderr)["code"], code, done.stderr)
        self.assertEqual(done.stdout, b"")
        for path in gone:
            self.assertFalse(self.path(path).exists(), path)

    def refused_at(self, data, code, *arguments):
        said = set()
        for language in ("id", "en"):
            done = self.at(data, *arguments, "--lang", language, "--json")
            self.assert_refused(code, done)
            said.add(json.loads(done.stderr)["message"])
        self.assertEqual(len(said), 2, said)

    def test_KeysAreExportedOnceAndMakeTheHubAnew(self):
        self.put(1)
        keys = self.keys()
        self.assertEqual(stat.S_IMODE(keys.stat().st_mode), 0o600)
        self.assertEqual(keys.read_bytes(), (self.main.data / "keys.toml").read_bytes())
        done = self.at("hub", "keys", "export", keys, "--json")
        self.assert_refused("file_exists", done)
        done = self.at("hub", "keys", "export", self.path("none") / "k", "--json")
        self.assert_refused("no_file", done)
        setup = ("init", "--facility", "P9404010", "--name", "Puskesmas Timika", "--keys")
        done = self.at("anew", *setup, keys)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"old keys", done.stdout)
        self.assertEqual((self.path("anew") / "keys.toml").read_bytes(), keys.read_bytes())
        self.refused_at("anew", "store_exists", *setup, keys)

    def test_WhatIsNoKeysFileIsRefusedAndNotQuoted(self):
        setup = ("init", "--facility", "P9404010", "--name", "Puskesmas Timika", "--keys")
        text = self.keys().read_text()
        secret = text.split('curve_secret = "')[1].split('"')[0]
        for name, content in (("empty", ""), ("cut", text[:-30]), ("foreign", "[a]\nb = 1\n"),
                              ("changed", text.replace(secret, secret[1:] + secret[:1]))):
            self.path(name).write_text(content)
            for language in ("id", "en"):
                done = self.at("anew", *setup, self.path(name), "--json", "--lang", language)
                self.assert_refused("bad_keys", done, "anew")
                self.assertNotIn(secret[2:12].encode(), done.stderr)
        self.refused_at("anew", "no_file", *setup, self.path("none"))
        self.refused_at("anew", "bad_keys", *setup, self.directory)
        self.assertFalse(self.path("anew").exists())
        # Others are in the way.
        other = self.hub("other", facility="P9404011")
        self.path("anew").mkdir()
        shutil.copy(other.data / "keys.toml", self.path("anew"))
        self.refused_at("anew", "other_keys", *setup, self.keys("again"))
        self.assertFalse((self.path("anew") / "store").exists())

    def test_ARunningHubIsBackedUpWhileItSavesAndMadeAgain(self):
        self.main.start()
        device = self.enrolled(self.main, FACILITY)
        saved = []
        failed = []

        def write():
            try:
                for seed in range(2, 8):
                    saved.append(self.put(seed))
            except BaseException as error:    # pylint: disable=broad-except
                failed.append(error)

        writer = threading.Thread(target=write)
        writer.start()
        said = [self.back_up(f"backup-{i}") for i in range(4)]
        writer.join()
        self.assertEqual(failed, [])
        last = self.back_up("last")
        self.assertEqual([one["events"] for one in said], sorted(one["events"] for one in said))
        self.assertEqual(last["events"], last["offset"])
        self.assertEqual(last["offset"], self.main.status()["offset"])
        self.assertEqual(last["bytes"], self.path("last").stat().st_size)
        self.assertEqual(stat.S_IMODE(self.path("last").stat().st_mode), 0o600)
        self.assertEqual(list(self.directory.glob("*.part")), [])
        self.assertIsNone(self.main.status()["backup"])
        keys = self.keys()
        everything = self.main.answer("events")
        self.main.stop()
        for i, one in enumerate([*said, last]):
            name = f"backup-{i}" if i < 4 else "last"
            done = self.at(f"from-{name}", "restore", self.path(name), "--keys", keys, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["events"], one["events"])
            self.assertEqual(self.at(f"from-{name}", "verify").returncode, 0)
            held = self.at(f"from-{name}", "events").stdout
            self.assertTrue(everything.startswith(held), name)
        self.assertEqual(held, everything)
        self.assertEqual(self.at("from-last", "list", "Person").stdout,
                         self.main.answer("list", "Person"))
        self.assertIsNotNone(device.status()["node"])

    def test_AHubThatDoesNotRunIsBackedUpAndRestoredOverItsKeys(self):
        self.put(3)
        self.back_up("b")
        everything = self.main.answer("events")
        settings = (self.main.data / "config.toml").read_bytes()
        done = self.main.run_command("restore", self.path("b"), "--json")
        self.assert_refused("store_in_the_way", done)
        (self.main.data / "store").rename(self.path("old-store"))
        done = self.main.run_command("restore", self.path("b"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.main.answer("events"), everything)
        self.assertEqual((self.main.data / "config.toml").read_bytes(), settings)
        self.put(4)    # it goes on, in an epoch of its own
        self.assert_verified(self.main)
        self.main.start()
        self.put(5)
        self.assertEqual(self.main.status()["offset"], 3 * LINES)

    def test_OffMachineIsNotedWithAndWithoutADaemon(self):
        first = self.back_up("empty", "--off-machine")
        self.assertEqual((first["events"], first["epoch"]), (0, None))
        self.assertIsNone(self.main.status()["backup"])
        self.put(5)
        one = self.back_up("one", "--off-machine")
        self.assertEqual(self.main.status()["backup"]["offset"], one["offset"])
        self.assertIn(b"In a backup", self.main.answer("status"))
        self.main.start()
        self.put(6)
        two = self.back_up("two", "--off-machine")
        self.assertTrue(two["offMachine"])
        self.assertEqual(two["offset"], 2 * LINES)
        self.put(7)
        self.assertEqual(self.main.status()["backup"]["offset"], two["offset"])
        self.back_up("three")
        self.assertEqual(self.main.status()["backup"]["offset"], two["offset"])
        self.main.stop()
        self.assertEqual(self.main.status()["backup"]["offset"], two["offset"])

    def test_AnotherFileSystemIsWrittenTo(self):
        memory = pathlib.Path("/dev/shm")
        if not os.access(memory, os.W_OK) or memory.stat().st_dev == self.directory.stat().st_dev:
            self.skipTest("/dev/shm is not another file system")
        self.put(8)
        with tempfile.TemporaryDirectory(dir=memory, prefix="titip-test-") as elsewhere:
            file = pathlib.Path(elsewhere) / "b"
            done = self.main.run_command("backup", file, "--off-machine", "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("sameDisk", json.loads(done.stdout))
            done = self.at("new", "restore", file, "--keys", self.keys())
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.at("new", "verify").returncode, 0)

    def test_WhatIsNoWholeBackupIsRefusedAndNothingIsLeft(self):
        self.put(9)
        self.back_up("b")
        keys = self.keys()
        whole = self.path("b").read_bytes()

        def refused(code, file, *arguments):
            self.refused_at("new", code, "restore", file, *arguments)
            self.assertFalse(self.path("new").exists())

        for at in (0, 20, 4096, 5000, len(whole) // 2, len(whole) - 4096, len(whole) - 81,
                   len(whole) - 40, len(whole) - 1):
            changed = bytearray(whole)
            changed[at] ^= 1
            self.path("wrong").write_bytes(changed)
            refused("bad_backup", self.path("wrong"), "--keys", keys)
        for wrong in (b"", b"no backup", whole[:-1], whole[:len(whole) // 2], whole + b"\n"):
            self.path("wrong").write_bytes(wrong)
            refused("bad_backup", self.path("wrong"), "--keys", keys)
        refused("bad_backup", self.main.data / "store" / "data.mdb", "--keys", keys)
        refused("bad_backup", self.directory, "--keys", keys)
        refused("no_file", self.path("none"), "--keys", keys)
        refused("no_keys", self.path("b"))
        refused("no_file", self.path("b"), "--keys", self.path("none"))
        refused("bad_keys", self.path("b"), "--keys", self.path("b"))
        other = self.hub("other", facility="P9404011")
        refused("other_keys", self.path("b"), "--keys", other.data / "keys.toml")

    def test_NothingIsOverwrittenAndADamagedStoreIsNotBackedUp(self):
        self.put(10)
        self.path("b").write_text("mine")
        self.assert_refused("file_exists", self.main.run_command("backup", self.path("b"), "--json"))
        self.assertEqual(self.path("b").read_text(), "mine")
        done = self.main.run_command("backup", self.path("none") / "b", "--json")
        self.assert_refused("no_file", done)
        data = self.main.data / "store" / "data.mdb"
        name = b"Puskesmas Timika"
        damaged = data.read_bytes()
        self.assertIn(name, damaged)
        data.write_bytes(damaged.replace(name, b"Puskesmas Tumika"))
        done = self.main.run_command("backup", self.path("c"), "--json")
        self.assert_refused("damaged", done, "c", "c.part")


if __name__ == "__main__":
    unittest.main()
