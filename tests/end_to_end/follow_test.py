#!/usr/bin/env python3
"""What goes on: the hub's events as they become durable, an agent's changes as they are saved."""

import http.client
import json
import unittest
import urllib.parse
import urllib.request

from harness import EndToEndTest, nodes

FACILITY = "K9404001"
PERSON = {"type": "Person", "ref": "p-1", "by": "app",
          "set": {"name": "Anak Satu", "sex": "male", "birthDate": "2022-01-31"}}


def named(number):
    return {**PERSON, "ref": f"p-{number}", "set": {**PERSON["set"], "name": f"Anak {number}"}}


HEARTBEAT_SECONDS = 25
PROMPT_SECONDS = 20    # less: what comes only with the heartbeat comes too late


class Stream:
    """An open GET, read line by line; silence beyond the deadline is an error."""

    def __init__(self, test, base, path, headers=None, seconds=PROMPT_SECONDS):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc,
                                                     timeout=seconds)
        test.addCleanup(self.connection.close)
        self.connection.request("GET", path, headers=headers or {})
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def line(self):
        """The next line that says something, without its end."""
        while True:
            line = self.response.readline()
            if not line:
                raise AssertionError("the stream has ended")
            if line.strip() and not line.startswith(b":"):
                return line.decode().rstrip("\n")

    def event(self):
        return json.loads(self.line())

    def message(self):
        """The next server-sent event as {field: value}, as a browser takes it apart."""
        fields = {}
        while True:
            line = self.response.readline().decode().rstrip("\n")
            if not line and fields:
                return fields
            if line and not line.startswith(":"):
                key, _, value = line.partition(": ")
                fields[key] = value

    def close(self):
        self.response.close()
        self.connection.close()


class FollowTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.hub = self.hub().start()
        self.agent = self.enrolled(self.hub, FACILITY).start()

    def put(self, *events):
        done, results = self.agent.put([json.dumps(event) for event in events])
        self.assertEqual(done.returncode, 0, done.stderr)
        return [result["id"] for result in results]

    def updates(self, last=None, **options):
        headers = {"Last-Event-ID": last} if last else {}
        return Stream(self, self.agent.http, "/v1/updates", headers, **options)


class EventsTest(FollowTest):
    def test_FollowerHasWhatIsThereAndThenEachNewEvent(self):
        self.put(named(1))
        self.agent.wait_durable()
        follower = Stream(self, self.hub.http, "/v1/events?follow=1")
        self.assertEqual(follower.response.getheader("Content-Type"), "application/x-ndjson")
        self.assertEqual([follower.event()["type"] for _ in range(2)], ["Node", "Person"])
        for number in (2, 3):
            self.put(named(number))
            event = follower.event()
            self.assertEqual((event["ref"], event["offset"]), (f"p-{number}", number + 1))
        late = Stream(self, self.hub.http, "/v1/events?after=3&follow=1")
        self.assertEqual(late.event()["ref"], "p-3")
        self.assertEqual([json.dumps(e) for e in self.hub.events("--after", "3")],
                         [json.dumps(event)])

    def test_ALongJournalIsFollowedWithoutAGapOrARepetition(self):
        others = [json.loads(line) for line in nodes.generate(FACILITY, 7, 3000)]
        follower = Stream(self, self.hub.http, "/v1/events?follow=1")
        self.put(*others)
        count = self.agent.wait_durable()["saved"] + 1    # and its Node
        again = Stream(self, self.hub.http, "/v1/events?follow=1")
        for stream in (follower, again):
            offsets = [stream.event()["offset"] for _ in range(count)]
            self.assertEqual(offsets, list(range(1, count + 1)))
        self.put(named(1))
        for stream in (follower, again):
            self.assertEqual(stream.event()["offset"], count + 1)

    def test_RevocationIsFollowedToo(self):
        follower = Stream(self, self.hub.http, "/v1/events?after=1&follow=1")
        self.hub.answer("revoke", FACILITY)
        self.assertIn("revokedAt", follower.event()["set"])

    def test_WhatTheHubItselfRecordsIsFollowedToo(self):
        follower = Stream(self, self.hub.http, "/v1/events?after=1&follow=1")
        done, _ = self.hub.put([json.dumps(PERSON)])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(follower.event()["ref"], "p-1")

    def test_WithoutFollowTheAnswerEnds(self):
        stream = Stream(self, self.hub.http, "/v1/events?after=0")
        self.assertEqual(len(stream.response.read().splitlines()), 1)

    def test_CommandFollowsARunningHub(self):
        follower = nodes.Process([nodes.binary_dir() / "titip-hub", "events", "--data",
                                  self.hub.data, "--follow", "--after", "1"])
        self.started.append(follower)
        for number in (1, 2):
            self.put(named(number))
            follower.wait_for_line(rf'"ref":"p-{number}"', PROMPT_SECONDS)
        self.assertEqual(len(follower.lines), 2)
        limited = self.hub.answer("events", "--follow", "--limit", "2")
        self.assertEqual(limited, self.hub.answer("events", "--limit", "2"))
        self.assertEqual(self.hub.stop(), 0)
        self.assertEqual(follower.child.wait(60), 3)
        follower.wait_for_line("stream has ended.*--after")

    def test_CommandDoesNotFollowAHubThatDoesNotRun(self):
        self.hub.stop()
        done = self.hub.run_command("events", "--follow")
        self.assertEqual((done.returncode, done.stdout), (3, b""))
        self.assertIn(b"start it with run", done.stderr)


class ChangesTest(FollowTest):
    def changes(self, *arguments):
        return [json.loads(line) for line in self.hub.answer("changes", *arguments).splitlines()]

    def edit(self, record, **fields):
        return self.put({"type": "Person", "id": record, "set": fields})

    def test_EachRecordStandsOnceAtItsLatest(self):
        first, second = self.put(named(1), named(2))
        self.edit(first, phone="081200")
        self.agent.wait_durable()
        people = [change for change in self.changes() if change["type"] == "Person"]
        self.assertEqual([change["id"] for change in people], [second, first])
        self.assertEqual(people[1]["set"]["phone"], "081200")
        after = str(people[0]["position"])
        self.assertEqual(self.changes("--after", after), people[1:])
        self.assertEqual(self.changes("--after", after, "--limit", "0"), [])

    def test_FollowerHasEachChangeAsItBecomesDurable(self):
        record, = self.put(named(1))
        self.agent.wait_durable()
        last = self.changes()[-1]["position"]
        follower = Stream(self, self.hub.http, f"/v1/changes?follow=1&after={last}")
        for phone in ("081200", "081201"):
            self.edit(record, phone=phone)
            change = follower.event()
            self.assertEqual((change["id"], change["set"]["phone"]), (record, phone))
            self.assertGreater(change["position"], last)
            last = change["position"]

    def test_TheHubSaysHowFarEachNodeIs(self):
        self.put(named(1), named(2))
        self.agent.wait_durable()
        node = self.hub.node_of(FACILITY)
        self.assertEqual((node["have"], node["durableAtDistrict"]), (2, 0))
        self.assertIsNotNone(node["completeUntil"])
        self.assertEqual(node["reportedHead"], 2)   # what came since its Hello it had too

    def test_ANodeThatIsConnectedIsSeenNow(self):
        nodes.wait_until("connected", lambda: self.hub.node_of(FACILITY)["connected"])
        first = self.hub.node_of(FACILITY)
        later = nodes.wait_until("a later time", lambda: (
            node if (node := self.hub.node_of(FACILITY))["lastSeen"] > first["lastSeen"] else None))
        self.assertEqual(later["completeUntil"], first["completeUntil"])    # what it told
        with urllib.request.urlopen(self.hub.http + "/metrics", timeout=60) as answer:
            seen = [line for line in answer.read().decode().splitlines()
                    if line.startswith("titip_node_last_seen_seconds{")]
        self.assertEqual([line.split()[-1] for line in seen], ["0"])
        self.agent.stop()
        nodes.wait_until("gone", lambda: not self.hub.node_of(FACILITY)["connected"])
        gone = self.hub.node_of(FACILITY)
        self.assertEqual(gone["lastSeen"], self.hub.node_of(FACILITY)["lastSeen"])


class UpdatesTest(FollowTest):
    def test_AnAppIsToldWhatIsSavedAndWhatChanges(self):
        stream = self.updates()
        self.assertEqual(stream.response.getheader("Content-Type"), "text/event-stream")
        self.assertEqual(list(stream.message()), ["id"])    # where it stands, and no news
        record, = self.put(PERSON)
        message = stream.message()
        self.assertEqual(message["event"], "record")
        shown = json.loads(message["data"])
        self.assertEqual((shown["type"], shown["id"], shown["set"]),
                         ("Person", record, PERSON["set"]))
        self.put({"type": "Person", "id": record, "ref": "c-1", "set": {"name": "Anak Dua"}})
        changed = json.loads(stream.message()["data"])
        self.assertEqual((changed["id"], changed["set"]["name"]), (record, "Anak Dua"))
        # A retry saves nothing, and is no news: the next message is of the one after it.
        self.put(PERSON)
        second, = self.put(named(2))
        message = stream.message()
        self.assertEqual(json.loads(message["data"])["id"], second)

    def test_TheRecordIsThatOfItsOwnPath(self):
        stream = self.updates()
        stream.message()
        record, = self.put(PERSON)
        told = json.loads(stream.message()["data"])
        self.agent.wait_durable()
        own = Stream(self, self.agent.http, f"/v1/records/Person/{record}").event()
        for origin in told["origins"].values():         # since then it has been sent
            self.assertTrue(origin.pop("waiting"))
        self.assertEqual({**told, "waiting": False, "receipt": "hub"}, own)

    def test_WhoComesBackIsToldWhatWasMissedOnceAndInOrder(self):
        stream = self.updates()
        start = stream.message()["id"]
        first, = self.put(named(1))
        seen = stream.message()["id"]
        stream.close()
        second, third = self.put(named(2), named(3))
        self.put({"type": "Person", "id": second, "ref": "c-2", "set": {"name": "Lain"}})
        for resumed in (self.updates(last=seen),
                        Stream(self, self.agent.http, "/v1/updates?after=" + seen)):
            told = [json.loads(resumed.message()["data"]) for _ in range(2)]
            self.assertEqual([one["id"] for one in told], [third, second])
            self.assertEqual(told[1]["set"]["name"], "Lain")
        resumed = self.updates(last=start)
        self.assertEqual(json.loads(resumed.message()["data"])["id"], first)

    def test_AfterARestartAndWithAStrangeIdItIsToldToReadAnew(self):
        stream = self.updates()
        stream.message()
        self.put(named(1))
        seen = stream.message()["id"]
        boot, number = seen.rsplit("-", 1)
        self.assertRegex(boot, "^[0-9a-f]{16}$")
        for strange in (f"{boot}-{int(number) + 1}", boot, "x", f"{boot}-{number}x", "-1"):
            self.assertEqual(self.updates(last=strange).message()["event"], "reset", strange)
        self.agent.stop()
        self.agent.start()
        resumed = self.updates(last=seen)
        reset = resumed.message()
        self.assertEqual((reset["event"], reset["data"]), ("reset", "{}"))
        self.assertNotEqual(reset["id"].rsplit("-", 1)[0], boot)
        second, = self.put(named(2))
        self.assertEqual(json.loads(resumed.message()["data"])["id"], second)
        again = self.updates(last=reset["id"])
        self.assertEqual(json.loads(again.message()["data"])["id"], second)

    def test_NoWebPageOfElsewhereCanListen(self):
        own = self.agent.http
        for headers, status in (({"Origin": "https://example.org"}, 403),
                                ({"Origin": "null"}, 403), ({"Host": "example.org"}, 403),
                                ({"Origin": own}, 200)):
            stream = Stream(self, own, "/v1/updates", headers)
            self.assertEqual(stream.status, status, headers)
            self.assertIsNone(stream.response.getheader("Access-Control-Allow-Origin"))
            stream.close()

    def test_AQuietStreamShowsThatItLives(self):
        stream = self.updates(seconds=2 * HEARTBEAT_SECONDS)
        stream.message()
        self.assertEqual(stream.response.readline(), b":\n")

    def test_TooManyAppsAreRefusedAndAPlaceThatIsFreeIsTaken(self):
        streams = [self.updates() for _ in range(64)]
        self.assertEqual({stream.status for stream in streams}, {200})
        refused = self.updates()
        self.assertEqual(refused.status, 503)
        self.assertEqual(json.loads(refused.response.read())["code"], "busy")
        status = Stream(self, self.agent.http, "/v1/status")
        self.assertEqual(status.status, 200)
        streams.pop().close()
        nodes.wait_until("a place for one more app", lambda: self.updates().status == 200)


if __name__ == "__main__":
    unittest.main()
