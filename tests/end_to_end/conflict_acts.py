"""Sentences of the stories of conflicts: what people do, and what befalls their devices."""

import time as clock

import conflict_story as story
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
    values = [value for one in (asked or {"fields": []})["fields"] if one["field"] == rules.name
              for value in one["values"]]
    number, = {one["n"] for one in values if one["value"] == wanted} or {None}
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


@sentence('At the Puskesmas, <author> decides that <one:record> and <other:record> are one, '
          'because <text>.')
def joins(told, author, one, other, text):
    told.everyone_has_heard()
    asked = told.pair(one, other)
    told.resolve(asked, author, text, "--same", asked and asked["alike"]["other"])


@sentence('At the Puskesmas, <author> decides that <one:record> and <other:record> are two, '
          'because <text>.')
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
