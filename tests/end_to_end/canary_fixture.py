"""What the canary tests share: processes that are watched, and everything that they say."""

import socket

from harness import EndToEndTest

import canaries  # found by harness

FACILITY = "K9404001"
LANGUAGES = ("id", "en")

# What each kind of process says of itself. A new kind of node is one more entry here and in
# CanaryFixture.setUp.
SAYS = {
    "titip-hub": (("status",), ("status", "--json"), ("nodes",), ("nodes", "--json"),
                  ("verify",), ("verify", "--json")),
    "titip-agent": (("status",), ("status", "--json")),
}
PATHS = {
    "titip-hub": ("/metrics", "/healthz", "/v1/status", "/v1/status?form=text", "/v1/nodes",
                  "/v1/nodes?form=text"),
    "titip-agent": ("/metrics", "/healthz", "/v1/status", "/v1/status?form=text"),
}

class CanaryFixture(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.canaries = canaries.Canaries()
        self.said = []                     # (who said it, bytes)
        self.its_hub = self.hub()
        self.watched = [self.its_hub.start(log_level="trace")]
        self.device = self.enrolled(self.its_hub, FACILITY)
        self.watched.append(self.device.start(log_level="trace"))

    def hear(self, who, *outputs):
        self.said += [(who, output) for output in outputs]

    def hear_all_processes(self):
        """Everything that the running processes say of themselves, in both languages."""
        for node in self.watched:
            for language in LANGUAGES:
                for words in SAYS[node.program]:
                    done = node.run_command(*words, "--lang", language)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.hear(f"{node.program} {' '.join(words)}", done.stdout + done.stderr)
                for path in PATHS[node.program]:
                    answer = self.ask(node, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                            f"Accept-Language: {language}\r\n\r\n")
                    self.assertRegex(answer, rb"\AHTTP/1.1 200 ")
                    self.hear(f"{node.program} {path}", answer)
        for log in sorted(self.directory.glob("*.log")):
            self.hear(log.name, log.read_bytes())

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
