"""Where the stories of conflicts are played: a hub, its posts and a district, all of them real."""

import json
import shutil

from conflict_story import PLACES
from harness import nodes
from http_test import exchange

HUB = "the Puskesmas"
DISTRICT = "the Dinas"
PROMPT_SECONDS = 30
COMPARED = ("set", "alive", "underReview")


def kind_of(facility):
    return "pustu" if facility.startswith("T") else "posyandu"


class Place:
    """A node with what its people do to it."""

    def __init__(self, name, node):
        self.name = name
        self.node = node
        self.tailed = []        # at the district: what `tail` has printed

    @property
    def on(self):
        return self.node.daemon is not None

    def turn(self, on):
        if on and not self.on:
            self.node.start()
        elif self.on and not on:
            assert self.node.stop() == 0, f"{self.name} did not end as it should"

    def record(self, type_name, record):
        """As `get` shows it; None: it is not known here."""
        if self.on:
            status, body = exchange(self.node.http, "GET", f"/v1/records/{type_name}/{record}")
            return json.loads(body) if status == 200 else None
        done = self.node.run_command("get", type_name, record)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def stock(self, facility):
        """What `stock` prints of a facility, a line for each item."""
        return nodes.json_lines(self.node.answer("stock", "--facility", facility, "--json"))

    def put(self, event):
        """What `put` answers to one event, whether it was saved or refused."""
        done = nodes.command([nodes.binary_dir() / self.node.program, "put", "--data",
                              self.node.data, "-"], json.dumps(event) + "\n",
                             self.node.run_environment)
        results = nodes.json_lines(done.stdout)
        assert len(results) == 1, done.stderr.decode()
        return results[0]


class Stage:
    """The places by name. `test` is an EndToEndTest."""

    def __init__(self, test, patience_seconds=PROMPT_SECONDS):
        self.test = test
        self.patience_seconds = patience_seconds
        hub = test.hub().start()
        self.places = {HUB: Place(HUB, hub)}
        for number, (name, facility) in enumerate(PLACES.items()):
            if name in (HUB, DISTRICT) or "clone" in name:
                continue
            agent = test.agent(f"post-{number}")
            done = agent.join(hub.invite(facility, name[0].upper() + name[1:], kind_of(facility)))
            assert done.returncode == 0, done.stderr
            self.places[name] = Place(name, agent.start())
        district = test.district()
        done = district.join(hub.invite(PLACES[DISTRICT], "Dinas Mimika", "district"))
        assert done.returncode == 0, done.stderr
        self.places[DISTRICT] = Place(DISTRICT, district.start())

    @property
    def hub(self):
        return self.places[HUB]

    def posts(self):
        return [place for place in self.places.values()
                if place.name not in (HUB, DISTRICT)]

    def settle(self, records):
        """Until whoever is connected has sent all, and shows of `records`, {name: (type, id)}, what
        the hub shows. Returns how they still differ, or nothing."""
        def apart():
            if not self.hub.on:
                return []
            waiting = [f"{place.name} has more to send" for place in self.posts()
                       if place.on and not place.node.all_durable()]
            return waiting or list(self._differences(records))
        try:
            nodes.wait_until("they agree", lambda: not apart(), self.patience_seconds)
        except nodes.Timeout:
            return apart()
        return []

    def _differences(self, records):
        for name, key in records.items():
            at_hub = self.hub.record(*key)
            for place in self.places.values():
                if place is self.hub or not place.on:
                    continue
                here = place.record(*key)
                if here is not None and self._shown(here) != self._shown(at_hub):
                    yield f"{place.name} shows another {name!r} than the Puskesmas"

    @staticmethod
    def _shown(record):
        if record is None:
            return None
        contested = {field: sorted(value["event"] for value in values)
                     for field, values in record.get("conflicts", {}).items()}
        return [record[key] for key in COMPARED] + [contested]

    def journal(self):
        return self.hub.node.events()

    # ---- what befalls a device ----

    def copy(self, place, name):
        assert not place.on, "a copy is made of a device that is off"
        shutil.copytree(place.node.data, self.test.directory / name,
                        ignore=shutil.ignore_patterns("*.sock"))

    def put_back(self, place, name):
        assert not place.on
        shutil.rmtree(place.node.data)
        (self.test.directory / name).rename(place.node.data)

    def begin_clone(self, place, name):
        clone = self.test.agent(name)
        self.places[place] = Place(place, clone.start())

    def set_clock(self, place, days):
        """Of the device itself, whatever it is asked to do; the next time it is switched on."""
        wrong_clock = nodes.binary_dir() / "titip-wrong-clock.so"
        assert wrong_clock.exists(), "build titip-wrong-clock first"
        place.node.run_environment.update(LD_PRELOAD=str(wrong_clock.resolve()),
                                          TITIP_TEST_CLOCK_DAYS=str(days))

    def right_clock(self, place):
        place.node.run_environment.clear()
