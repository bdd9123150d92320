"""One story of a conflict being played: who wrote down what, and how what is seen is judged."""

import conflict_story as story
from harness import nodes

SENTENCES = []


def sentence(*templates):
    def add(method):
        SENTENCES.extend((story.pattern(template), method) for template in templates)
        return method
    return add


class Unexpected(AssertionError):
    """An outcome that differs from the story."""

    def __init__(self, expected, seen):
        super().__init__(f"  expected: {story.masked(expected)}\n  seen:     {story.masked(seen)}")


class Telling:
    """One story being played."""

    def __init__(self, stage, vocabulary, number):
        self.stage = stage
        self.vocabulary = vocabulary
        self.number = number
        self.records = {}       # name → (type, id)
        self.refs = {}          # ref → who saved it
        self.acted = False      # since everyone last agreed

    def play(self, step):
        matches = [(found, method) for expression, method in SENTENCES
                   if (found := expression.fullmatch(step.text))]
        if len(matches) != 1:
            raise story.StoryError(f"{len(matches)} meanings")
        found, method = matches[0]
        said = {key: value for key, value in found.groupdict().items() if value is not None}
        if step.written is not None:
            said["written"] = step.written
        method(self, **said)

    def finish(self):
        """Whatever the story says, nobody is left behind and nothing was lost or doubled."""
        for place in self.stage.places.values():
            place.turn(True)
        self.acted = True
        self.everyone_has_heard()
        self.everything_once()

    # ---- helpers ----

    def place(self, name):
        return self.stage.places[story.place_named(name)]

    def places(self, names):
        return [self.place(name) for name in story.listed(names, "place")]

    def known(self, quoted):
        name = story.unquoted(quoted)
        if name not in self.records:
            raise story.StoryError(f"nobody has written down {name!r} yet")
        return self.records[name]

    def field(self, record, words):
        return self.vocabulary.field(self.known(record)[0], words)

    def filled(self, values):
        """What is written down, with the ids of the records that it names as "@name"."""
        return {key: self.records[value[1:]][1]
                if isinstance(value, str) and value.startswith("@") else value
                for key, value in values.items()}

    def save(self, place, author, event, time=None):
        place = self.place(place)
        event["ref"] = f"story-{self.number}-{len(self.refs) + 1}"
        event["by"] = author
        if time is not None:
            event["at"] = story.when(time)
        self.acted = True
        answer = place.put(event)
        if "code" not in answer:
            self.refs[event["ref"]] = place.name
        return answer

    def saved(self, *arguments):
        answer = self.save(*arguments)
        if "code" in answer:
            raise Unexpected("it is saved", f"it is refused as {answer['code']}")
        return answer["id"]

    def look(self, places, record, expected, judge):
        """Until at each of the places `judge` finds in the record what is expected: it returns what
        it sees instead, or None. Where something has still to come it comes soon."""
        self.everyone_has_heard()
        key = self.known(record)
        for place in self.places(places):
            def differs(at=place):
                found = judge(at.record(*key))
                return None if found is None else f"at {at.name}, {found}"
            self.soon(expected, differs)

    def soon(self, expected, differs):
        try:
            nodes.wait_until("as expected", lambda: differs() is None,
                             self.stage.patience_seconds)
        except nodes.Timeout:
            raise Unexpected(expected, differs()) from None

    def shown(self, places, record, expected, judge):
        """As look(), of a record that must be known."""
        self.look(places, record, expected,
                  lambda here: "it is unknown" if here is None else judge(here))

    def parts(self, record, words, written):
        """{(value, author)} of "VALUE by AUTHOR or VALUE by AUTHOR"."""
        field = self.field(record, words)
        return {(self.vocabulary.value(field, value), author) for value, author in
                (part.rsplit(" by ", 1) for part in story.listed(written, "said"))}

    def everyone_has_heard(self):
        if not self.acted:
            return
        apart = self.stage.settle(self.records)
        if apart:
            raise Unexpected("everyone agrees", "; ".join(apart))
        self.acted = False

    def everything_once(self):
        held = [event for event in self.stage.journal() if event.get("ref") in self.refs]
        places = sorted(event["ref"] for event in held)
        if places != sorted(self.refs):
            raise Unexpected(f"{len(self.refs)} entries, each once", f"{places}")
        if any(event.get("quarantined") for event in held):
            raise Unexpected("nothing is in quarantine", "something is")

    # ---- what the Puskesmas is asked ----

    def asked(self):
        return nodes.json_lines(self.stage.hub.node.answer("conflicts", "--json"))

    def conflict(self, record):
        """What `conflicts` says that is contested of it, or of what is one with it; None: nothing."""
        type_name, _ = self.known(record)
        whole = self.group(self.stage.hub, record)
        found = [one for one in self.asked()
                 if "alike" not in one and one["type"] == type_name and one["id"] in whole]
        return found[0] if found else None

    def pair(self, one, other):
        """What `conflicts` says of two that may be one; None: nothing."""
        (type_name, first), (_, second) = sorted((self.known(one), self.known(other)))
        found = [pair for pair in self.asked()
                 if "alike" in pair and (pair["type"], pair["id"]) == (type_name, first)
                 and pair["alike"]["other"] == second]
        return found[0] if found else None

    def is_named(self, record):
        """Whether anything at all is asked about it."""
        type_name, _ = self.known(record)
        whole = self.group(self.stage.hub, record)
        return any(one["type"] == type_name
                   and whole & {one["id"], one.get("alike", {}).get("other")}
                   for one in self.asked())

    def group(self, here, record):
        """The ids that are one with a record, as the place shows it."""
        shown = here.record(*self.known(record))
        return set() if shown is None else set(shown.get("members", [shown["id"]]))

    def resolve(self, asked, author, note, *answer):
        if asked is None:
            raise Unexpected("there is something to decide", "nothing is asked")
        type_name, key = asked["type"], asked["id"]
        self.stage.hub.node.answer("resolve", key, "--type", type_name, "--seen", asked["version"],
                                   "--by", author, "--note", story.unquoted(note), *answer)
        self.acted = True
