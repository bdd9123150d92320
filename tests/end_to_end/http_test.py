#!/usr/bin/env python3
"""The HTTP intake of an agent and the reads of both, as programs use them."""

import http.client
import json
import unittest
import urllib.parse

from harness import EndToEndTest, nodes

PERSON = {"type": "Person", "ref": "web-1", "by": "app",
          "set": {"name": "Anak Tiga", "sex": "male", "birthDate": "2022-01-31"}}


def exchange(base, method, path, body=None, headers=None):
    """(status, body) of one request; `body` as JSON unless it is text."""
    host = urllib.parse.urlsplit(base).netloc
    sent = {"Content-Type": "application/json"} if body is not None else {}
    connection = http.client.HTTPConnection(host, timeout=60)
    try:
        text = body if isinstance(body, (str, type(None))) else json.dumps(body)
        connection.request(method, path, text, {**sent, **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


class HttpTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.hub = self.hub().start()
        self.agent = self.enrolled(self.hub, "K9404001").start()

    def post(self, body, headers=None):
        return exchange(self.agent.http, "POST", "/v1/events", body, headers)

    def test_OneEventIs201TheSameAgain200AndOtherContent409(self):
        status, body = self.post(PERSON)
        self.assertEqual(status, 201, body)
        record = json.loads(body)["id"]
        status, body = self.post(PERSON)
        self.assertEqual((status, json.loads(body)["id"]), (200, record))
        other = {**PERSON, "set": {**PERSON["set"], "name": "Lain"}}
        status, body = self.post(other)
        self.assertEqual((status, json.loads(body)["code"]), (409, "ref_reused"))
        self.agent.wait_durable()
        self.assert_held_exactly_once(self.hub, {("K9404001", "Person", "web-1")})
        for base in (self.agent.http, self.hub.http):
            status, body = exchange(base, "GET", f"/v1/records/Person/{record}")
            self.assertEqual(status, 200, body)
            self.assertEqual(json.loads(body)["set"], PERSON["set"])

    def test_WhatCannotBeIs422AndSaysWhy(self):
        for event, code in (({**PERSON, "type": "Personn"}, "unknown_type"),
                            ({**PERSON, "set": {}}, "missing_field"), ("{", "not_json"),
                            ({**PERSON, "set": {**PERSON["set"], "sex": "3"}},
                             "unknown_enumerant")):
            status, body = self.post(event)
            self.assertEqual((status, json.loads(body)["code"]), (422, code))

    def test_NdjsonIs200WithOneResultALine(self):
        lines = [json.dumps(PERSON), "{", json.dumps({**PERSON, "ref": "web-2"})]
        status, body = self.post("\n".join(lines) + "\n",
                                 {"Content-Type": "application/x-ndjson"})
        self.assertEqual(status, 200)
        results = [json.loads(line) for line in body.splitlines()]
        self.assertEqual([r["line"] for r in results], [1, 2, 3])
        self.assertEqual([r.get("code") for r in results], [None, "not_json", None])

    def test_NoWebPageOfElsewhereCanPost(self):
        for headers, expected in (({"Origin": "http://example.org"}, 403),
                                  ({"Origin": "null"}, 403),
                                  ({"Host": "example.org"}, 403),
                                  ({"Content-Type": "text/plain"}, 415),
                                  ({"Content-Type": "application/x-www-form-urlencoded"}, 415)):
            status, body = self.post(PERSON, headers)
            self.assertEqual(status, expected, (headers, body))
        self.assertEqual(self.agent.status()["saved"], 0)
        own = self.agent.http.removesuffix("/")
        self.assertEqual(self.post(PERSON, {"Origin": own})[0], 201)

    def test_ReadsAnswerOnBothEnds(self):
        self.post(PERSON)
        self.agent.wait_durable()
        status, body = exchange(self.agent.http, "GET", "/v1/status")
        self.assertEqual((status, json.loads(body)["durableAtHub"]), (200, 1))
        status, body = exchange(self.hub.http, "GET", "/v1/status")
        self.assertEqual((status, json.loads(body)["quarantined"]), (200, 0))
        status, body = exchange(self.hub.http, "GET", "/v1/events?after=0")
        self.assertEqual(status, 200)
        self.assertIn("web-1", [e.get("ref") for e in map(json.loads, body.splitlines())])
        status, body = exchange(self.hub.http, "GET", "/v1/nodes")
        self.assertEqual(status, 200)
        self.assertIn("K9404001", body)
        for base in (self.agent.http, self.hub.http):
            self.assertEqual(exchange(base, "GET", "/healthz")[0], 200)
            self.assertEqual(exchange(base, "GET", "/v1/records/Person")[0], 200)
            self.assertEqual(exchange(base, "GET", "/v1/records/Person/" + "0" * 16)[0], 404)
            for method, path in (("GET", "/no/such/place"), ("POST", "/v1/status"),
                                 ("POST", "/local/invite"), ("GET", "/")):
                status, body = exchange(base, method, path, {} if method == "POST" else None)
                self.assertEqual((status, json.loads(body)["code"]), (404, "no_such_path"), path)

    def assert_bad_value(self, base, path, key):
        status, body = exchange(base, "GET", path)
        self.assertEqual((status, json.loads(body).get("code"), json.loads(body).get("field")),
                         (400, "bad_option", key), path)

    def test_AQueryThatIsNotUnderstoodIsRefusedAndNotTakenForTheStart(self):
        feeds = [(self.hub.http, "/v1/events"), (self.hub.http, "/v1/changes")]
        for base, path in feeds:
            for key, value in (("after", "abc"), ("after", "-1"), ("after", ""), ("after", "1x"),
                               ("limit", "abc"), ("limit", "-1"), ("follow", "true")):
                self.assert_bad_value(base, f"{path}?{key}={value}", key)
                self.assert_bad_value(base, f"{path}?lang=id&{key}={value}", key)
            self.assertEqual(exchange(base, "GET", path + "?limit=0"), (200, ""))
            self.assertEqual(exchange(base, "GET", path + "?follow=0&limit=1")[1].count("\n"), 1)
        for base in (self.agent.http, self.hub.http):
            self.assert_bad_value(base, "/v1/records/Person?after=zz", "after")
            self.assert_bad_value(base, "/v1/records/Person?limit=abc", "limit")
            self.assertEqual(exchange(base, "GET", "/v1/records/Person?limit=0"), (200, ""))
        self.assert_bad_value(self.hub.http, "/v1/conflicts?limit=abc", "limit")
        self.assert_bad_value(self.hub.http, "/v1/conflicts?all=true", "all")
        status, body = exchange(self.agent.http, "POST", "/v1/events?line=x", json.dumps(PERSON),
                                {"Content-Type": "application/x-ndjson"})
        self.assertEqual((status, json.loads(body)["field"]), (400, "line"))

    def test_ALongListIsReadOnWithAfterAndNothingTwice(self):
        lines = [json.dumps({**PERSON, "ref": f"p-{i}"}) for i in range(25)]
        self.post("\n".join(lines) + "\n", {"Content-Type": "application/x-ndjson"})
        got = []
        while True:
            after = "&after=" + got[-1]["id"] if got else ""
            _, body = exchange(self.agent.http, "GET", "/v1/records/Person?limit=10" + after)
            if not body:
                break
            got += [json.loads(line) for line in body.splitlines()]
        self.assertEqual(len({record["id"] for record in got}), 25)
        self.assertEqual(len(got), 25)


if __name__ == "__main__":
    unittest.main()
