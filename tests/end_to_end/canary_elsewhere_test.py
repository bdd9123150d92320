#!/usr/bin/env python3
"""A person's NIK typed into a command, a setting, a request or the link's own port is in no log,
metric, error or status of any process."""

import dataclasses
import re
import socket
import unittest

from canary_fixture import CanaryFixture
from harness import nodes

import links  # found by harness

# Their standard output is what a person asked for.
DATA_COMMANDS = {"get", "list", "events", "changes", "conflicts", "tail"}

FLAGS_AND_DIRECTORIES = ("--data", "--json", "--qr", "--help")

# For an option or argument that must be there beside the one that holds a canary.
PLAIN = {"--facility": "K9404009", "--name": "Posyandu Mawar", "--kind": "posyandu",
         "TYPE": "Person", "ID": "0" * 16, "NODE": "0" * 16}

# {nik} becomes a canary. None of these asks for data.
REQUESTS = (
    "GET /{nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /v1/records/{nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /v1/records/Person/{nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /v1/records/Person/{nik}x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /v1/status?lang={nik}&form={nik}&{nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /v1/nodes?form={nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /metrics?{nik}={nik} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-{nik}: {nik}\r\n\r\n",
    "GET /%zz{nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /../{nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET {nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /v1/{nik}?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /v1/changes?hub={nik}&after={nik}x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /v1/updates?after={nik} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {nik}\r\n\r\n",
    "GET /v1/events?follow=1&after={nik} HTTP/1.1\r\nHost: {nik}\r\n\r\n",
    "POST /local/tail?hub={nik}&feed={nik}&to={nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    "Content-Length: 0\r\n\r\n",
    "POST /local/join HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
    "Content-Length: 16\r\n\r\n{nik}",
    "{nik} / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "DELETE /v1/records/Person/{nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET / HTTP/{nik}\r\n\r\n",
    "{nik}\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: {nik}\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://{nik}\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: {nik}\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " + "{nik}" * 1000 + "\r\n\r\n",
    "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {nik}\r\n"
    "Content-Length: 0\r\n\r\n",
    "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "Content-Length: {nik}\r\n\r\n{nik}",
    "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\n{nik}\r\n{nik}\r\n0\r\n\r\n",
    "POST /local/invite?facility={nik}&name={nik}&kind={nik} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    "Content-Type: application/json\r\nContent-Length: 0\r\n\r\n",
    "POST /{nik} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "Content-Length: 16\r\n\r\n{nik}",
)


class CanaryElsewhereTest(CanaryFixture):
    def test_InEveryPartOfAnHttpRequest(self):
        for node in self.watched:
            for request in REQUESTS:
                nik = self.canaries.nik(f"{node.program}: {request[:60]!r}")
                self.hear(request[:60], self.ask(node, request.replace("{nik}", nik)))
        self.said = [(who, answer) for who, answer in self.said if answer]
        self.assertGreater(len(self.said), len(REQUESTS))
        self.assert_no_leak()

    def test_InEveryOptionAndArgumentOfEveryCommand(self):
        for node in self.one_of_each():
            for command in self.commands_of(node.program):
                for words, place in self.command_lines(node.program, command):
                    self.hear_command(node, command, words, place)
        self.said = [(who, output) for who, output in self.said if output]
        self.assert_no_leak()

    def commands_of(self, program):
        text = nodes.command([nodes.binary_dir() / program, "--help"]).stdout.decode()
        names = re.findall(r"^  ([a-z]+)  ", text.partition("Commands:")[2], re.MULTILINE)
        self.assertIn("status", names)
        return names

    def command_lines(self, program, command):
        """(words, place) for a canary in each option and argument of --help, but for --data."""
        text = nodes.command([nodes.binary_dir() / program, command, "--help"]).stdout.decode()
        found = re.findall(r"^  (--[a-z-]+|[A-Z]+)(?: [^( ]\S*)?( \(required\))?", text,
                           re.MULTILINE)
        needed = {name: PLAIN.get(name) for name, required in found if required}
        for name, _ in [*found, ("NOTHING-OF-THE-KIND", "")]:
            if name in FLAGS_AND_DIRECTORIES:
                continue
            place = f"{program} {command} {name}"
            words = []
            for other, plain in {**needed, name: None}.items():
                nik = self.canaries.nik(place)
                words += [other, plain or nik] if other.startswith("--") else [plain or nik]
            yield words, place
        yield ["--" + self.canaries.nik(f"{program} {command}: an option")], command

    def hear_command(self, node, command, words, place):
        if command == "run":
            return self.hear_run(node, words, place)
        data = self.directory / "new" if command in ("init", "join") else node.data
        for more in (("--lang", "id"), ("--json",)):
            more = () if "--lang" in words else more
            done = nodes.command([nodes.binary_dir() / node.program, command, "--data", data,
                                  *words, *more])
            self.assertIn(done.returncode, (0, 1, 2, 3, 4), place)
            self.hear(place, done.stderr, b"" if command in DATA_COMMANDS else done.stdout)

    def hear_run(self, node, words, place, environment=None):
        """With a data directory of its own, or it would only be told that the node runs already."""
        for name, plain in (("--http", "127.0.0.1:0"), ("--log-level", "trace")):
            if name not in words and not environment:
                words = [*words, name, plain]
        daemon = nodes.Process([nodes.binary_dir() / node.program, "run", "--data",
                                self.idle(node), *words], environment=environment)
        self.started.append(daemon)
        nodes.wait_until("it is ready or has refused",
                         lambda: daemon.ended or any("http://" in line for line in daemon.lines))
        self.assertIn(daemon.stop(), (0, 1, 2, 3), place)
        self.hear(place, "\n".join(daemon.lines).encode())

    def idle(self, node):
        """A data directory that nothing runs on, of the same kind."""
        if node.program == "titip-hub":
            known = self.directory / "idle-hub"
            return known if known.exists() else nodes.Hub(known).data
        if node.program == "titip-district":
            known = self.directory / "idle-district"
            return known if known.exists() else self.joined(known.name).data
        known = self.directory / "K9404003"
        return known if known.exists() else self.enrolled(self.its_hub, known.name).data

    def test_InSettingsAndInAnInvitation(self):
        for node in self.one_of_each():
            for name in ("HTTP", "LOG_LEVEL", "LISTEN", "PUBLIC", "ZONE", "MAP_BYTES", "HUB"):
                place = f"{node.program} TITIP_{name}"
                done = nodes.command([nodes.binary_dir() / node.program, "status", "--data",
                                      node.data], environment={"TITIP_" + name:
                                                               self.canaries.nik(place)})
                self.hear(place, done.stdout + done.stderr)
                nik = self.canaries.nik(place + " of a daemon")
                others = {"TITIP_HTTP": "127.0.0.1:0", "TITIP_LOG_LEVEL": "trace"}
                self.hear_run(node, [], place, {**others, "TITIP_" + name: nik})
            for text in ("{nik} = 1", "http = {nik}", "'kunci {nik}' = 'x'", "zone = ['{nik}']",
                         "[{nik}]", "log-level = '{nik}'", "{nik}"):
                config = self.directory / "config.toml"
                place = f"{node.program}, a file with {text}"
                config.write_text(text.replace("{nik}", self.canaries.nik(place)) + "\n")
                done = node.run_command("status", "--config", config)
                self.assertEqual(done.returncode, 2, (place, done.stdout, done.stderr))
                self.hear(place, done.stderr)
        for new, kind in ((self.agent("forged"), "posyandu"), (self.custodian, "district")):
            link = links.parse(self.its_hub.invite("K9404002", "Mawar", kind))
            for part, text in (("facility", "{}"), ("name", "{}"), ("host", "{}:7400")):
                nik = self.canaries.nik(f"{part} of a forged invitation")
                done = new.join(dataclasses.replace(link, **{part: text.format(nik)}).text())
                self.assertEqual(done.returncode, 1, done.stdout)
                self.hear("join", done.stderr)
        self.assert_no_leak()

    def test_InBytesOnTheLink(self):
        greeting = b"\xff" + b"\x00" * 8 + b"\x7f\x03\x00CURVE".ljust(55, b"\x00")
        for begin in (b"", greeting, greeting + b"\x04\xc8\x05HELLO"):
            nik = self.canaries.nik("bytes on the link").encode()
            with socket.create_connection(("127.0.0.1", self.its_hub.port), timeout=10) as one:
                try:
                    one.sendall(begin + nik * 100)
                    one.shutdown(socket.SHUT_WR)
                    while one.recv(4096):
                        pass
                except OSError:
                    pass                  # hung up on
        self.assert_no_leak()


if __name__ == "__main__":
    unittest.main()
