#!/usr/bin/env python3
"""The house stays as docs/architecture.md draws it: arrows, purity of the core, sizes, the root.

CMake refuses a wrong link; this refuses a wrong #include, which a static library would let pass.
"""

import pathlib
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]

ARROWS = {
    "schema": set(),
    "core": {"schema"},
    "io": {"core", "schema"},
    "agent": {"core", "io", "schema"},
    "hub": {"core", "io", "schema"},
    "district": {"core", "io", "schema"},
}
OTHERS = {"tests", "dashboard", "deploy"}     # nothing of the product includes these
LINES_MAX = 500
ROOT_ENTRIES_MAX = 16
SOURCE = {".cc", ".hh", ".capnp", ".py", ".js", ".css", ".html", ".sql", ".cmake", ".sh"}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# What a decision may not touch: the world, and what differs from run to run.
IMPURE_INCLUDES = re.compile(
    r"^(spdlog|fmt|lmdb|zmq|boost/(asio|beast)|toml|CLI|sys/|unistd|fcntl|signal|pthread|time\.h|"
    r"ctime|thread|stop_token|mutex|shared_mutex|condition_variable|future|atomic|semaphore|latch|"
    r"barrier|random|filesystem|fstream|iostream)")
IMPURE_WORDS = re.compile(
    r"\b(system_clock|steady_clock|high_resolution_clock|clock_gettime|gettimeofday|random_device|"
    r"randombytes\w*|getrandom|getenv|std::(?:j?thread|async|rand|time)|std::c(?:out|err|log)|"
    r"log_(?:debug|info|warning|error))\b")
PURE_ROOMS = ["core", "schema"]


def sources(room):
    return [path for path in sorted((ROOT / room).rglob("*")) if path.suffix in {".cc", ".hh"}]


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"//[^\n]*", "", text)


def tracked_files():
    """What belongs to the project: known to git or about to be."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
        return [ROOT / name for name in names if (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*")      # an unpacked archive
            if path.is_file() and "build" not in path.relative_to(ROOT).parts]


class ArrowsTest(unittest.TestCase):
    def test_NoRoomIncludesWhatNoArrowLeadsTo(self):
        rooms = set(ARROWS) | OTHERS
        wrong = []
        for room, allowed in ARROWS.items():
            for path in sources(room):
                for included in INCLUDE.findall(path.read_text()):
                    target = included.split("/")[0]
                    if "/" in included and target in rooms - allowed - {room}:
                        wrong.append(f"{path.relative_to(ROOT)} includes {included}")
        self.assertEqual(wrong, [])

    def test_EveryIncludeOfOursNamesItsRoom(self):
        wrong = []
        for room in ARROWS:
            for path in sources(room):
                wrong += [f"{path.relative_to(ROOT)} includes {included}"
                          for included in re.findall(r'#include "([^"]+)"', path.read_text())
                          if included.split("/")[0] not in ARROWS]
        self.assertEqual(wrong, [])

    def test_TheCoreTouchesNothingOfTheWorld(self):
        wrong = []
        for room in PURE_ROOMS:
            for path in sources(room):
                code = without_comments(path.read_text())
                wrong += [f"{path.relative_to(ROOT)} includes {included}"
                          for included in INCLUDE.findall(code) if IMPURE_INCLUDES.match(included)]
                wrong += [f"{path.relative_to(ROOT)} names {word}"
                          for word in IMPURE_WORDS.findall(code)]
        self.assertEqual(wrong, [])

    def test_NoFileIsLongerThanItsLimit(self):
        long = []
        for path in tracked_files():
            if path.suffix in SOURCE:
                lines = path.read_text().count("\n")
                if lines > LINES_MAX:
                    long.append(f"{path.relative_to(ROOT)}: {lines} lines")
        self.assertEqual(long, [])

    def test_TheRootStaysSmall(self):
        visible = {path.relative_to(ROOT).parts[0] for path in tracked_files()}
        visible = {name for name in visible if not name.startswith(".")}
        self.assertLessEqual(len(visible), ROOT_ENTRIES_MAX, sorted(visible))

    def test_NoHeaderOpensANamespaceForItsReaders(self):
        wrong = [str(path.relative_to(ROOT)) for room in ARROWS for path in sources(room)
                 if path.suffix == ".hh" and "using namespace" in without_comments(path.read_text())]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
