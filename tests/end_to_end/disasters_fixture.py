"""A hub, its district and its posts, and what a disaster needs: copies, and what must be there again."""

import json
import shutil
import time

from harness import EndToEndTest, nodes

HUB = "P9404010"
HUB_NAME = "Puskesmas Timika"
DISTRICT = "D9404000"
POSTS = ("K9404001", "K9404002", "K9404003")
LINES = 60
CHILDREN_OF = 3        # every third line is a child, the others its measurements
COMPARED = ("Person", "GrowthMeasurement", "Immunization", "Referral")
SHOWN = ("type", "id", "set", "alive", "underReview", "conflicts")


def invented(facility, seed, lines):
    """Children of a post and what they weigh; each seed makes others."""
    for line in range(lines):
        child = line - line % CHILDREN_OF
        name = f"{facility}-{seed}-{child}"
        if line == child:
            yield json.dumps({"type": "Person", "ref": name, "by": "kader-01", "set": {
                "name": f"Anak {seed} {child}", "sex": "female", "facility": facility}})
        else:
            yield json.dumps({"type": "GrowthMeasurement", "ref": f"{name}-{line}", "set": {
                "person": {"ref": name}, "date": "2024-10-15", "weightGrams": 6000 + line}})


class DisastersTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.hub_node = self.hub().start()
        self.expected = {}         # (facility, ref) → (type, id), of all that was ever answered

    def joined(self):
        district = self.district()
        done = district.join(self.hub_node.invite(DISTRICT, "Dinkes Mimika", "district"))
        self.assertEqual(done.returncode, 0, done.stderr)
        return district.start()

    def post(self, facility):
        return self.enrolled(self.hub_node, facility).start()

    def put(self, node, seed, lines=LINES, facility=None):
        """Invented events of a post, recorded at `node`; what was answered is expected from now on."""
        facility = facility or node.data.name
        done, results = node.put(invented(facility, seed, lines))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.expect(facility, results)

    def save(self, node, type_name, ref, values, facility=None, **more):
        event = {"type": type_name, "ref": ref, "by": "kader-01", "set": values, **more}
        done, results = node.put([json.dumps(event)])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.expect(facility or node.data.name, results)
        return results[0]["id"]

    def expect(self, facility, results):
        for result in results:
            self.expected[facility, result["ref"]] = result["id"]

    def lived(self):
        """A district, and three posts: one whose device is destroyed, one with all at the district,
        one whose latest events no district has."""
        self.district_node = self.joined()
        gone, known, new = (self.post(facility) for facility in POSTS)
        self.put(gone, 1)
        self.put(known, 2)
        person = self.save(known, "Person", "child", {"name": "Anak Contoh", "facility": POSTS[1]})
        for post in (gone, known):
            post.wait_durable()
        self.save(self.hub_node, "Person", "seen-at-the-hub", {"sex": "female"}, HUB,
                  id=person)
        nodes.wait_until("it came down", lambda: "female" in str(known.records("Person")))
        self.wait_held(self.district_node)
        self.assertEqual(self.district_node.stop(), 0)
        self.put(new, 3)
        self.put(known, 4)
        self.save(known, "Person", "named-again", {"name": "Anak Contoh Baru"}, id=person)
        for post in (known, new):
            post.wait_durable()
        self.assertEqual(new.status()["durableAtDistrict"], 0)
        for post in (gone, known, new):
            self.assertEqual(post.stop(), 0)
        shutil.rmtree(gone.data)
        return known, new

    def copy(self, node, name):
        """A plain copy of the directory of a node that is stopped."""
        self.assertIsNone(node.daemon)
        copied = self.directory / name
        shutil.copytree(node.data, copied, ignore=shutil.ignore_patterns("*.sock"))
        return copied

    def put_back(self, copied, node):
        shutil.rmtree(node.data)
        copied.rename(node.data)

    def export_keys(self):
        keys = self.directory / "keys"
        self.hub_command("keys", "export", keys)
        return keys

    def hub_command(self, *words):
        done = nodes.command([nodes.binary_dir() / "titip-hub", *words,
                              "--data", self.hub_node.data])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def make_hub_anew(self, *options):
        """The directory is gone; its address stays."""
        endpoint = self.hub_node.endpoint
        self.hub_command("init", "--facility", HUB, "--name", HUB_NAME, "--area", "94.04.01",
                         "--listen", endpoint, "--public", endpoint, *options)

    def wait_held(self, district):
        """Until the district holds the hub's journal as it is now."""
        def held():
            wanted = self.hub_node.status()
            there = district.hub(HUB)
            return there and not there.get("otherHistory") and (
                (there["epoch"], there["offset"]) == (wanted["epoch"], wanted["offset"]))
        nodes.wait_until("the district holds the hub's journal", held)

    def held(self):
        """The hub's events but those about nodes, as (facility, ref) → id."""
        found = {}
        for event in self.hub_node.events():
            if "again" in event or event["type"] == "Node":
                continue
            key = (event["facility"], event["ref"])
            self.assertNotIn(key, found, "an event stands twice in the hub's journal")
            self.assertNotIn("quarantined", event)
            found[key] = event["id"]
        return found

    def wait_everything(self, *writers):
        """Until the hub holds each event that was ever answered, exactly once."""
        for writer in writers:
            writer.wait_durable()
        try:
            nodes.wait_until("everything is at the hub", lambda: len(self.held()) >= len(self.expected))
        except nodes.Timeout:
            self.assertEqual(self.held(), self.expected)
            raise
        self.assertEqual(self.held(), self.expected)
        self.assertEqual(self.hub_node.status()["conflicts"], 0, self.hub_node.answer("conflicts"))
        self.assert_verified(self.hub_node)

    def shown(self, node):
        """What people see of each record there."""
        return {record["id"]: {key: record.get(key) for key in SHOWN}
                for type_name in COMPARED for record in node.records(type_name)}

    def wait_life_goes_on(self, *posts):
        """What the first saves now reaches everybody."""
        self.put(posts[0], 5)
        self.wait_everything(*posts)
        self.wait_held(self.district_node)
        self.wait_same(self.district_node, *posts)

    def wait_same(self, district, *posts):
        """Until the district shows what the hub shows, and posts what they have of it."""
        def same():
            there = self.shown(self.hub_node)
            if district and self.shown(district) != there:
                return False
            return all(there.get(record) == values for post in posts
                       for record, values in self.shown(post).items())
        try:
            nodes.wait_until("all show the same", same)
        except nodes.Timeout:
            there = self.shown(self.hub_node)
            for node in (district, *posts):
                if node:
                    here = self.shown(node)
                    print(node.data.name, {record: (values, there.get(record))
                                           for record, values in here.items()
                                           if values != there.get(record)},
                          set(there) - set(here), flush=True)
            raise

    def wait_connected(self, node):
        nodes.wait_until(f"{node.data.name} is connected", lambda: node.status()["connected"])

    def assert_stays_connected(self, *posts, seconds=5):
        """None of them takes another's place: each says Hello no more than now and then."""
        def greeted(post):
            return sum("connected to the hub" in line for line in post.daemon.lines)
        for post in posts:
            self.wait_connected(post)
        before = [greeted(post) for post in posts]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(nodes.POLL_SECONDS)
        self.assertLessEqual(max(greeted(post) - said for post, said in zip(posts, before)), 1)
