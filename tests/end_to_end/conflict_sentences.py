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
    rules = told.field(record, field)
    wanted = told.vocabulary.value(rules, value)
    asked, = [one for one in told.conflict(record)["fields"] if one["field"] == rules.name]
    number, = {one["n"] for one in asked["values"] if one["value"] == wanted} or {None}
    answer = ("--take", f"{rules.name}:{number}") if number else ("--set", f"{rules.name}={wanted}")
    told.resolve(record, author, text, *answer)


@sentence('At the Puskesmas, <author> decides that <record> stays in use, because <text>.')
def keeps(told, author, record, text):
    told.resolve(record, author, text, "--take", "alive:1")


@sentence('At the Puskesmas, <author> decides that <record> stays cancelled, because <text>.')
def drops(told, author, record, text):
    told.resolve(record, author, text, "--take", "alive:2")


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
    person = told.known(record)[1]
    for place in told.places(places):
        def differs(at=place):
            seen = [one for one in at.node.records(type)
                    if one["set"].get("person") == person and one["alive"]
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
        if told.conflict(record) is not None:
            raise Unexpected(f"{record} is not among the conflicts", "it is")


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


@sentence('At <place>, <record> is still waiting to be sent.')
def waiting(told, place, record):
    flags(told, place, record, waiting=True)


@sentence('At <place>, <record> is safe at the Puskesmas.')
def sent(told, place, record):
    flags(told, place, record, waiting=False)
