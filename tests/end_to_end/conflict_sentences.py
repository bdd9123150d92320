"""What the sentences of the stories of conflicts do, and what they expect to see."""

import time as clock

import conflict_story as story
from conflict_stage import DISTRICT
from conflict_telling import Unexpected, sentence

WHILE_SECONDS = 0.5

# ---- what people do ----


@sentence('At <place>, <author> records a <type>, <record>[, dated <time>]:',
          'At <place>, <author> records an <type>, <record>[, dated <time>]:')
def records(told, place, author, type, record, written, time=None):
    name = story.unquoted(record)
    if name in told.records:
        raise story.StoryError(f"{name!r} is written down already")
    event = {"type": type, "set": told.filled(written)}
    told.records[name] = (type, told.saved(place, author, event, time))


@sentence('At <place>, <author> changes <record>[, dated <time>]:')
def changes(told, place, author, record, written, time=None):
    type_name, key = told.known(record)
    told.saved(place, author, {"type": type_name, "id": key, "set": told.filled(written)}, time)


@sentence('At <place>, <author> cancels <record>.')
def cancels(told, place, author, record):
    type_name, key = told.known(record)
    told.saved(place, author, {"type": type_name, "id": key, "op": "retract"})


@sentence('At <place>, <author> tries to record a <type>, and it is refused as <code> (<field>):',
          'At <place>, <author> tries to record an <type>, and it is refused as <code> (<field>):')
def refused(told, place, author, type, code, field, written):
    answer = told.save(place, author, {"type": type, "set": told.filled(written)})
    expected = (code, told.vocabulary.field(type, field).name)
    if (answer.get("code"), answer.get("field")) != expected:
        raise Unexpected(f"{code} at {expected[1]}", answer)


@sentence('At the Puskesmas, <author> decides that the <field> of <record> is <value>, '
          'because <text>.')
def decides(told, author, field, record, value, text):
    told.everyone_has_heard()
    rules = told.field(record, field)
    wanted = told.vocabulary.value(rules, value)
    asked = told.conflict(record)
    values = [one["values"] for one in asked["fields"] if one["field"] == rules.name] if asked else []
    number, = {one["n"] for one in sum(values, []) if one["value"] == wanted} or {None}
    answer = ("--take", f"{rules.name}:{number}") if number else ("--set", f"{rules.name}={wanted}")
    told.resolve(asked, author, text, *answer)


@sentence('At the Puskesmas, <author> decides that <record> stays in use, because <text>.')
def keeps(told, author, record, text):
    told.everyone_has_heard()
    told.resolve(told.conflict(record), author, text, "--take", "alive:1")


@sentence('At the Puskesmas, <author> decides that <record> stays cancelled, because <text>.')
def drops(told, author, record, text):
    told.everyone_has_heard()
    told.resolve(told.conflict(record), author, text, "--take", "alive:2")


@sentence('At the Puskesmas, <author> decides that <one:record> and <other:record> are one, because '
          '<text>.')
def joins(told, author, one, other, text):
    told.everyone_has_heard()
    asked = told.pair(one, other)
    told.resolve(asked, author, text, "--same", asked and asked["alike"]["other"])


@sentence('At the Puskesmas, <author> decides that <one:record> and <other:record> are two, because '
          '<text>.')
def parts(told, author, one, other, text):
    told.everyone_has_heard()
    asked = told.pair(one, other)
    told.resolve(asked, author, text, "--apart", asked and asked["alike"]["other"])


@sentence('At <place>, <author> says that <one:record> and <other:record> are one.')
def says_one(told, place, author, one, other):
    (type_name, first), (_, second) = told.known(one), told.known(other)
    told.saved(place, author, {"type": type_name, "op": "link", "id": first, "other": second})


@sentence('At <place>, <author> says that <one:record> and <other:record> are two.')
def says_two(told, place, author, one, other):
    (type_name, first), (_, second) = told.known(one), told.known(other)
    told.saved(place, author, {"type": type_name, "op": "unlink", "id": first, "other": second})


# ---- signal, clocks and cards ----


@sentence('<places> loses its signal.', '<places> lose their signal.', '<places> is switched off.')
def off(told, places):
    told.everyone_has_heard()
    for place in told.places(places):
        place.turn(False)


@sentence('<places> has signal again.', '<places> have signal again.', '<places> is switched on.')
def on(told, places):
    for place in told.places(places):
        place.turn(True)
    told.acted = True
    told.everyone_has_heard()


@sentence('A while passes.')
def later(told):
    # What follows is later by more than a Hello takes, which is how exactly the hub learns of a
    # device's clock.
    clock.sleep(WHILE_SECONDS)


@sentence('The clock of <place> goes wrong: it is <number> days ahead.')
def clock_ahead(told, place, number):
    told.stage.set_clock(told.place(place), int(number))


@sentence('The clock of <place> goes wrong: it is <number> days behind.')
def clock_behind(told, place, number):
    told.stage.set_clock(told.place(place), -int(number))


@sentence('The clock of <place> is set right.')
def clock_right(told, place):
    told.stage.right_clock(told.place(place))


@sentence('The card of <place> is copied as <text>.')
def copied(told, place, text):
    told.stage.copy(told.place(place), story.unquoted(text))


@sentence('<place> is given back the card <text>.')
def given_back(told, place, text):
    told.stage.put_back(told.place(place), story.unquoted(text))


@sentence("The clone of Posyandu Anggrek's tablet begins with the card <text>.")
def cloned(told, text):
    told.stage.begin_clone("the clone of Posyandu Anggrek's tablet", story.unquoted(text))
    told.acted = True


# ---- what must come of it ----


@sentence('At <places>, the <field> of <record> is <value>.')
def is_shown(told, places, field, record, value):
    rules = told.field(record, field)
    wanted = told.vocabulary.value(rules, value)

    def judge(here):
        seen = here["set"].get(rules.name)
        return None if seen == wanted else f"it is {seen!r}"
    told.shown(places, record, f"{rules.name} is {wanted!r}", judge)


@sentence('At <places>, <record> has no <field>.')
def is_absent(told, places, record, field):
    rules = told.field(record, field)

    def judge(here):
        seen = here["set"].get(rules.name)
        return None if seen is None else f"it is {seen!r}"
    told.shown(places, record, f"no {rules.name}", judge)


def contested(told, places, field, record, written, under_review, value=None):
    rules = told.field(record, field)
    wanted = told.parts(record, field, written)

    def judge(here):
        seen = {(one["value"], one["by"]) for one in here.get("conflicts", {}).get(rules.name, [])}
        if seen != wanted:
            return f"the values of {rules.name} are {sorted(seen)}"
        if here["underReview"] != under_review:
            return f"under review: {here['underReview']}"
        return None if value in (None, here["set"].get(rules.name)) else "another value is shown"
    told.shown(places, record, f"{rules.name} from {sorted(wanted)}", judge)


@sentence('At <places>, the <field> of <record> is under review: <written>.')
def is_under_review(told, places, field, record, written):
    contested(told, places, field, record, written, True)


@sentence('At <places>, the <field> of <record> is <value>, chosen by rule from <written>.')
def is_chosen(told, places, field, record, value, written):
    contested(told, places, field, record, written, False,
              told.vocabulary.value(told.field(record, field), value))


def flags(told, places, record, **wanted):
    def judge(here):
        seen = {key: here[key] for key in wanted}
        return None if seen == wanted else f"it is {seen}"
    told.shown(places, record, f"it is {wanted}", judge)


@sentence('At <places>, <record> is under review.')
def reviewed(told, places, record):
    flags(told, places, record, underReview=True)


@sentence('At <places>, <record> is settled.')
def settled(told, places, record):
    flags(told, places, record, underReview=False)


@sentence('At <places>, <record> is in use.')
def in_use(told, places, record):
    flags(told, places, record, alive=True)


@sentence('At <places>, <record> is cancelled.')
def cancelled(told, places, record):
    flags(told, places, record, alive=False, underReview=False)


@sentence('At <places>, <record> is known.')
def known(told, places, record):
    told.shown(places, record, "it is known", lambda here: None)


@sentence('At <places>, <record> is unknown.')
def unknown(told, places, record):
    told.look(places, record, "it is unknown", lambda here: here and "it is known")


@sentence('At <places>, the <field> of <record> is flagged as unusual.')
def unusual(told, places, field, record):
    name = told.field(record, field).name
    told.shown(places, record, f"{name} is unusual",
               lambda here: None if name in here.get("unusual", []) else "nothing is flagged")


@sentence('At <places>, nothing of <record> is flagged.')
def usual(told, places, record):
    told.shown(places, record, "nothing is flagged",
               lambda here: here.get("unusual") and f"flagged: {here['unusual']}")


@sentence('At <places>, <number> records of type <type> about <record> are in use.',
          'At <places>, <number> record of type <type> about <record> is in use.')
def counted(told, places, number, type, record):
    told.everyone_has_heard()
    for place in told.places(places):
        def differs(at=place):
            persons = told.group(at, record)
            seen = [one for one in at.node.records(type)
                    if one["set"].get("person") in persons and one["alive"]
                    and not one["underReview"]]
            return None if len(seen) == int(number) else f"{len(seen)} at {at.name}"
        told.soon(f"{number} of type {type}", differs)


@sentence('The Puskesmas is asked to decide about <records>.')
def asked(told, records):
    told.everyone_has_heard()
    for record in story.listed(records, "record"):
        if told.conflict(record) is None:
            raise Unexpected(f"{record} is among the conflicts", "it is not")


@sentence('The Puskesmas is asked nothing about <records>.')
def not_asked(told, records):
    told.everyone_has_heard()
    for record in story.listed(records, "record"):
        if told.is_named(record):
            raise Unexpected(f"{record} is not among the conflicts", "it is")


@sentence('The Puskesmas is asked whether <one:record> and <other:record> are one.')
def asked_whether_one(told, one, other):
    told.everyone_has_heard()
    if told.pair(one, other) is None:
        raise Unexpected(f"{one} and {other} are listed as perhaps one", "they are not")


@sentence('At <places>, <one:record> and <other:record> are shown as one.')
def shown_as_one(told, places, one, other):
    shown_together(told, places, one, other, True)


@sentence('At <places>, <one:record> and <other:record> are shown as two.')
def shown_as_two(told, places, one, other):
    shown_together(told, places, one, other, False)


def shown_together(told, places, one, other, wanted):
    told.everyone_has_heard()
    ids = {told.known(one)[1], told.known(other)[1]}
    for place in told.places(places):
        def differs(at=place):
            groups = [told.group(at, record) for record in (one, other)]
            if not all(groups):
                return f"at {at.name}, not both are known"
            return None if all(ids <= group for group in groups) == wanted else f"at {at.name}, not so"
        told.soon("as one" if wanted else "as two", differs)


@sentence('At <places>, the stock of <word> at <facility:place> is <number>.',
          'At <places>, the stock of <word> at <facility:place> is <number>, and <doubt:number> '
          'more in <movements:number> movement to be decided.')
def stock(told, places, word, facility, number, doubt=None, movements=None):
    wanted = {"balance": int(number)}
    if doubt is not None:
        wanted["underReview"] = {"movements": int(movements), "amount": int(doubt)}
    code = story.PLACES[story.place_named(facility)]
    told.everyone_has_heard()
    for place in told.places(places):
        def differs(at=place):
            seen = [{key: one[key] for key in ("balance", "underReview") if key in one}
                    for one in at.stock(code) if one["item"] == word]
            return None if seen == [wanted] else f"at {at.name}, it is {seen}"
        told.soon(f"{wanted}", differs)


@sentence('The Dinas reads what is new, and finds <records>.',
          'The Dinas reads what is new, and finds nothing more.')
def news(told, records=""):
    told.everyone_has_heard()
    wanted = {told.known(record)[1] for record in story.listed(records, "record")}
    ours = {key for _, key in told.records.values()}
    found = set()

    def differs():
        printed = told.stage.places[DISTRICT].node.tail("--feed", "changes")
        found.update({one["id"] for one in printed} & ours)
        return None if found == wanted else f"{len(found)} records of this story"
    told.soon(f"{len(wanted)} records of this story", differs)


@sentence('Everything written down in this story stands in the journal of the Puskesmas, once.')
def once(told):
    told.everyone_has_heard()
    told.everything_once()


@sentence('At <places>, the <field> of <record> was written by <author> of <facility:place>'
          '[, dated <time>].')
def origin(told, places, field, record, author, facility, time=None):
    name = told.field(record, field).name
    wanted = {"by": author, "facility": story.PLACES[story.place_named(facility)]}
    if time is not None:
        wanted["at"] = story.when(time)

    def judge(here):
        seen = {key: here["origins"].get(name, {}).get(key) for key in wanted}
        return None if seen == wanted else f"by {seen}"
    told.shown(places, record, f"{name} by {wanted}", judge)


@sentence('At <place>, the <field> of <record> is still waiting to be sent.')
def field_waits(told, place, field, record):
    name = told.field(record, field).name
    told.shown(place, record, f"{name} waits",
               lambda here: None if here["origins"][name].get("waiting") else "it does not")


@sentence('At <place>, the <field> of <record> is safe at the Puskesmas.')
def field_sent(told, place, field, record):
    name = told.field(record, field).name
    told.shown(place, record, f"{name} is sent",
               lambda here: "it waits" if here["origins"][name].get("waiting") else None)


@sentence('At <place>, <record> is still waiting to be sent.')
def waiting(told, place, record):
    flags(told, place, record, waiting=True)


@sentence('At <place>, <record> is safe at the Puskesmas.')
def sent(told, place, record):
    flags(told, place, record, waiting=False)
