"""Sentences of the stories of conflicts: what must come of it."""

import conflict_story as story
from conflict_stage import DISTRICT
from conflict_telling import Unexpected, sentence


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
            as_one = all(ids <= group for group in groups)
            return None if as_one == wanted else f"at {at.name}, not so"
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
