"""Runs hubs, agents and relays of this machine as child processes, for the end-to-end tests and the demo.

Waiting is always for something named, with a deadline: a line of a log, or an answer of a command.
"""

import ctypes
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = pathlib.Path(__file__).resolve().parent
POLL_SECONDS = 0.05
COMMAND_SECONDS = 120       # a command that takes longer hangs
PR_SET_PDEATHSIG = 1        # <linux/prctl.h>


class Timeout(AssertionError):
    pass


def binary_dir():
    """TITIP_BIN, else the newest build."""
    named = os.environ.get("TITIP_BIN")
    if named:
        return pathlib.Path(named).resolve()
    built = [path.parent for path in ROOT.glob("build/*/bin/titip-hub")]
    if not built:
        raise SystemExit("No titip-hub under build/: build it first, or set TITIP_BIN.")
    return max(built, key=lambda path: (path / "titip-hub").stat().st_mtime)


def wait_until(what, condition, seconds=60):
    """Calls `condition` until it returns something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Timeout(f"not within {seconds} s: {what}")
        time.sleep(POLL_SECONDS)


def free_port():
    """A port that nobody listens on, outside the range that outgoing connections are given."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def command(arguments, stdin=None, environment=None, seconds=COMMAND_SECONDS):
    """Runs a command to its end."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    return subprocess.run([str(argument) for argument in arguments], input=stdin or b"",
                          capture_output=True, timeout=seconds, check=False,
                          start_new_session=True,    # a Ctrl-C is not for it
                          env={**child_environment(), **(environment or {})})


def child_environment():
    """Ours without what would lead a command elsewhere; English, so that tests can read it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TITIP_")}
    kept["LANG"] = "C.UTF-8"
    return kept


def json_lines(data):
    return [json.loads(line) for line in data.decode().splitlines() if line]


def end_with_parent():
    """In the child: a test that is killed for its time leaves no daemon behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A child whose output is read as it comes. Start it from a thread that lives as long as it may."""

    def __init__(self, arguments, environment=None, log_path=None):
        self.lines = []
        self.changed = threading.Condition()
        self.ended = False
        self.log_path = log_path
        self.child = subprocess.Popen(
            [str(argument) for argument in arguments], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**child_environment(), **(environment or {})},
            start_new_session=True,        # a Ctrl-C on the terminal is the owner's to handle
            preexec_fn=end_with_parent)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        log = open(self.log_path, "ab", buffering=0) if self.log_path else None
        for line in self.child.stdout:
            if log:
                log.write(line)
            with self.changed:
                self.lines.append(line.decode(errors="replace").rstrip())
                self.changed.notify_all()
        if log:
            log.close()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_for_line(self, pattern, seconds=60, start=0):
        """The match of the first line, from number `start`, that `pattern` is found in."""
        expression = re.compile(pattern)
        deadline = time.monotonic() + seconds
        position = start
        with self.changed:
            while True:
                for position in range(position, len(self.lines)):
                    match = expression.search(self.lines[position])
                    if match:
                        return match
                position = len(self.lines)
                left = deadline - time.monotonic()
                if left <= 0 or self.ended:
                    why = "it ended" if self.ended else f"not within {seconds} s"
                    said = "\n".join(self.lines[-20:])
                    raise Timeout(f"no line like {pattern!r}: {why}; its last lines:\n{said}")
                self.changed.wait(left)

    def running(self):
        return self.child.poll() is None

    def kill(self):
        """As a power cut would: it gets no say."""
        self.child.send_signal(signal.SIGKILL)
        return self._finish()

    def stop(self, seconds=60):
        """Asks it to end; returns its exit code."""
        if self.running():
            self.child.terminate()
        try:
            return self._finish(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Timeout("still running after SIGTERM:\n" + "\n".join(self.lines[-20:])) from None

    def _finish(self, seconds=60):
        code = self.child.wait(seconds)
        self.reader.join(seconds)
        self.child.stdout.close()
        return code


class Node:
    """What a hub and an agent have in common: a data directory, commands, perhaps a daemon."""

    program = ""
    ready_line = r"(http://127\.0\.0\.1:\d+)"

    def __init__(self, data):
        self.data = pathlib.Path(data)
        self.daemon = None
        self.http = None
        self.run_environment = {}

    def run_command(self, name, *arguments, stdin=None, seconds=COMMAND_SECONDS):
        return command([binary_dir() / self.program, name, "--data", self.data, *arguments],
                       stdin=stdin, seconds=seconds)

    def answer(self, name, *arguments):
        """The standard output of a command that must succeed."""
        done = self.run_command(name, *arguments)
        if done.returncode != 0:
            raise AssertionError(f"{self.program} {name} ended with {done.returncode}: "
                                 f"{done.stderr.decode(errors='replace')}")
        return done.stdout

    def status(self):
        return json.loads(self.answer("status", "--json"))

    def records(self, type_name):
        return json_lines(self.answer("list", type_name))

    def put(self, lines, *arguments):
        """The finished command and its results, one a line."""
        text = lines if isinstance(lines, (str, bytes)) else "".join(line + "\n" for line in lines)
        done = self.run_command("put", *arguments, "-", stdin=text)
        return done, json_lines(done.stdout)

    def start(self, log_level="debug"):
        log = self.data.parent / (self.data.name + ".log")
        self.daemon = Process(
            [binary_dir() / self.program, "run", "--data", self.data, "--log-level", log_level,
             "--http", "127.0.0.1:0"], environment=self.run_environment, log_path=log)
        self.http = self.daemon.wait_for_line(self.ready_line).group(1)
        return self

    def stop(self):
        daemon, self.daemon = self.daemon, None
        return daemon.stop() if daemon else 0

    def kill(self):
        daemon, self.daemon = self.daemon, None
        if daemon:
            daemon.kill()


class Hub(Node):
    program = "titip-hub"

    def __init__(self, data, facility="P9404010", name="Puskesmas Timika", port=None):
        super().__init__(data)
        self.port = port or free_port()
        self.endpoint = f"tcp://127.0.0.1:{self.port}"
        done = command([binary_dir() / self.program, "init", "--data", self.data,
                        "--facility", facility, "--name", name, "--area", "94.04.01",
                        "--zone", "Asia/Jayapura", "--listen", self.endpoint,
                        "--public", self.endpoint])
        if done.returncode != 0:
            raise AssertionError("titip-hub init: " + done.stderr.decode(errors="replace"))

    def invite(self, facility, name, kind="posyandu", public=None):
        """An invitation's link; it leads to `public` instead of the hub's own address."""
        printed = self.answer("invite", "--facility", facility, "--name", name, "--kind", kind,
                              *(("--public", public) if public else ()))
        return re.search(r"titip://\S+", printed.decode()).group(0)

    def events(self, *arguments):
        return json_lines(self.answer("events", *arguments))

    def node_of(self, facility):
        known = json_lines(self.answer("nodes", "--json"))
        return next((node for node in known if node["facility"] == facility), None)


class Agent(Node):
    program = "titip-agent"

    def join(self, link):
        return self.run_command("join", link)

    def through(self, address):
        """Dials the relay at `address` instead of the hub."""
        self.run_environment["TITIP_HUB"] = f"tcp://{address}"
        return self

    def all_durable(self):
        status = self.status()
        return status if status["durableAtHub"] == status["saved"] else None

    def wait_durable(self, seconds=120):
        return wait_until(f"everything of {self.data.name} durable at the hub", self.all_durable,
                          seconds)


class District(Node):
    program = "titip-district"

    def join(self, link, *arguments):
        return self.run_command("join", link, *arguments)

    def tail(self, *arguments):
        """What is new since the last time."""
        return json_lines(self.answer("tail", *arguments))

    def hub(self, facility):
        return next((hub for hub in self.status()["hubs"] if hub["facility"] == facility), None)


class Relay(Process):
    """tests/tools/relay.py in front of `endpoint`."""

    def __init__(self, endpoint, control, *options):
        target = endpoint.removeprefix("tcp://")
        super().__init__([sys.executable, "-B", TOOLS / "relay.py", "--to", target,
                          "--control", control, *options])
        self.address = self.wait_for_line(r"listening on (\S+)").group(1)
        self.control_path = str(control)

    def say(self, word):
        """up, down, auto, cut or stats; returns the counts."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(10)
            control.connect(self.control_path)
            control.sendall(word.encode() + b"\n")
            return json.loads(control.makefile().readline())


def generate(facility, seed, events, bad_permille=0):
    """Lines of an invented health post, the same for the same seed."""
    done = command([binary_dir() / "titip-generate", "--facility", facility, "--seed", seed,
                    "--events", events, "--bad", bad_permille])
    if done.returncode != 0:
        raise AssertionError("titip-generate: " + done.stderr.decode(errors="replace"))
    return done.stdout.decode().splitlines()
