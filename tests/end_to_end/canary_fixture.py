"""What the canary tests share: processes that are watched, and everything that they say."""

import json
import os
import re
import socket

from harness import EndToEndTest, nodes

import canaries  # found by harness

FACILITY = "K9404001"
LANGUAGES = ("id", "en")

# What each kind of process says of itself. A new kind of node is one more entry here and in
# CanaryFixture.setUp.
SAYS = {
    "titip-hub": (("status",), ("status", "--json"), ("nodes",), ("nodes", "--json"),
                  ("verify",), ("verify", "--json")),
    "titip-agent": (("status",), ("status", "--json")),
    "titip-district": (("status",), ("status", "--json")),
}
EVERY_PATH = ("/metrics", "/healthz", "/v1/status", "/v1/status?form=text")
PATHS = {
    "titip-hub": (*EVERY_PATH, "/v1/nodes", "/v1/nodes?form=text"),
    "titip-agent": EVERY_PATH,
    "titip-district": (*EVERY_PATH, "/v1/nodes"),
}
# Paths whose data is for those entitled to it; what is said to anybody else is not.
DATA_PATHS = ("/v1/updates", "/v1/events?follow=1", "/v1/events?after=0", "/v1/changes?after=0",
              "/v1/changes?follow=1", "/v1/records/Person")


def kind(node):
    """The program of a node, whatever its vocabulary."""
    return node.program.removesuffix("-older")


class CanaryFixture(EndToEndTest):
    hub_class = nodes.Hub

    def setUp(self):
        super().setUp()
        # What a command names after a canary, as the file of `keys export`, goes with the rest.
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.directory)
        self.canaries = canaries.Canaries()
        self.said = []                     # (who said it, bytes)
        self.its_hub = self.hub_class(self.directory / "hub")
        self.started.append(self.its_hub)
        self.watched = [self.its_hub.start(log_level="trace")]
        self.device = self.enrolled(self.its_hub, FACILITY)
        self.watched.append(self.device.start(log_level="trace"))
        self.custodian = self.joined("custodian").start(log_level="trace")
        self.scoped = self.joined("scoped", "--withhold-identifying").start(log_level="trace")
        self.watched += [self.custodian, self.scoped]

    def joined(self, name, *scope):
        """A new district of the hub, which must be running."""
        district = self.district(name)
        link = self.its_hub.answer("invite", "--facility", "D9404000", "--name", "Dinkes Mimika",
                                   "--kind", "district", *scope)
        done = district.join(re.search(r"titip://\S+", link.decode()).group(0))
        self.assertEqual(done.returncode, 0, done.stderr)
        return district

    def one_of_each(self):
        return {node.program: node for node in reversed(self.watched)}.values()

    def hear(self, who, *outputs):
        self.said += [(who, output) for output in outputs]

    def hear_all_processes(self):
        """Everything that the running processes say of themselves, in both languages."""
        for node in self.watched:
            for language in LANGUAGES:
                for words in SAYS[kind(node)]:
                    done = node.run_command(*words, "--lang", language)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.hear(f"{node.program} {' '.join(words)}", done.stdout + done.stderr)
                for path in PATHS[kind(node)]:
                    answer = self.ask(node, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                            f"Accept-Language: {language}\r\n\r\n")
                    self.assertRegex(answer, rb"\AHTTP/1.1 200 ")
                    self.hear(f"{node.program} {path}", answer)
                self.hear_refusals(node, language)
        for log in sorted(self.directory.glob("*.log")):
            self.hear(log.name, log.read_bytes())

    def post(self, node, body, content_type, language):
        """The whole answer to events, which is heard."""
        head = (f"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
                f"Accept-Language: {language}\r\nContent-Length: {len(body)}\r\n\r\n")
        answer = self.ask(node, head.encode() + body)
        head, _, body = answer.partition(b"\r\n\r\n")
        self.hear(f"{node.program} POST /v1/events", head, *self.results(body))
        return answer

    def results(self, output):
        """Result lines without `ref` and `id`, the caller's own and on no other output."""
        for result in nodes.json_lines(output):
            result.pop("ref", None)
            result.pop("id", None)
            yield json.dumps(result).encode()

    def put(self, node, lines, language):
        path = self.directory / "events.ndjson"
        path.write_bytes(b"\n".join(lines) + b"\n")
        done = node.run_command("put", "--lang", language, path)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr, b"")
        self.assertEqual(len(done.stdout.splitlines()), len(lines))
        self.hear(f"{node.program} put", *self.results(done.stdout))

    def wait_received(self, district):
        """Until it holds the hub's journal."""
        wanted = self.its_hub.status()["offset"]
        nodes.wait_until(f"{district.data.name} holds the journal",
                         lambda: district.status()["hubs"][0]["offset"] == wanted)

    def hear_refusals(self, node, language):
        """What is said of the data to those who may not have it."""
        for path in DATA_PATHS:
            for headers in ("Host: 127.0.0.1\r\nOrigin: https://example.org", "Host: example.org"):
                answer = self.ask(node, f"GET {path} HTTP/1.1\r\n{headers}\r\n"
                                        f"Accept-Language: {language}\r\n\r\n")
                self.assertRegex(answer, rb"\AHTTP/1.1 4\d\d ")
                self.assertIn("code", json.loads(answer.partition(b"\r\n\r\n")[2]))
                self.hear(f"{node.program} {path} for a stranger", answer)

    def leaks(self):
        return [(who, place) for who, output in self.said
                for place in self.canaries.leaks(output)]

    def assert_no_leak(self):
        self.hear_all_processes()
        for who, output in self.said:
            self.assertTrue(output, f"{who} said nothing: is it asked for the right thing?")
        self.assertEqual(self.leaks(), [])

    @staticmethod
    def ask(node, request):
        """The whole answer to the bytes of a request."""
        data = request if isinstance(request, bytes) else request.encode()
        host, port = node.http.removeprefix("http://").split(":")
        answer = b""
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while part := connection.recv(65536):
                    answer += part
            except OSError:
                pass                      # refused before all was sent
        return answer
