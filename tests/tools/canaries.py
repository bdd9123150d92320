"""NIKs that nobody has, each put in one place only: where one comes out says where it went in."""

import re

import bad_input
import schema_text

NIK_BEGINS = "940401570895"         # and four digits that count
WORD = "kenari"                     # and the same four digits: for what a NIK cannot show
WORD_BYTES = len(WORD) + 4 + 1 + 16
LEAK = re.compile(rb"(?:" + NIK_BEGINS.encode() + rb"|" + WORD.encode() + rb")(\d{1,4})")
# A NIK that was typed wrong (bad_input) begins so.
BROKEN = re.compile(NIK_BEGINS[:8].encode())


class Canaries:
    def __init__(self):
        self.places = []

    def nik(self, place):
        self.places.append(place)
        return f"{NIK_BEGINS}{len(self.places):04}"

    def word(self, place):
        """A text that holds a NIK and a word of its own."""
        nik = self.nik(place)
        return f"{WORD}{nik[-4:]} {nik}"

    def leaks(self, output):
        """The places whose canaries stand in `output`."""
        found = {self.place_of(number) for number in LEAK.findall(output)}
        if not found and BROKEN.search(output):
            found = {"a NIK with an error in it"}
        return sorted(found)

    def place_of(self, number):
        index = int(number) - 1
        whole = len(number) == 4 and 0 <= index < len(self.places)
        return self.places[index] if whole else "part of a canary: " + number.decode()


def plain_value(field, choices):
    """A value of `field` that is accepted and says nothing."""
    if field.kind == "Text":
        return {"facility": "K9404001", "area": "94.04.01", "phone": "0812",
                "nik": bad_input.NIK[:6] + "1708950009"}.get(field.format, "x")
    if field.kind.startswith("Terms."):
        return choices[field.kind.removeprefix("Terms.")]
    if field.kind in ("Date", "Time", "RecordId", "Bool"):
        return {"Date": "2024-10-15", "Time": "2024-10-15T09:12:00+09:00",
                "RecordId": "0123456789abcdef", "Bool": True}[field.kind]
    if not schema_text.INTEGER.fullmatch(field.kind):
        raise ValueError(f"{field.name}: a kind of field that this module does not know")
    return max(field.min, 1)


def field_values(canaries, type_name, field):
    """What a canary becomes in `field`: itself and, where that differs, a text or a number."""
    place = f"{type_name}.{field.name}"
    yield canaries.nik(place + " as text")
    yield int(canaries.nik(place + " as a number"))
    if field.kind == "Text":
        yield canaries.word(place + " with a word")
    yield {canaries.nik(place + " as a key"): 1}
    yield {"ref": canaries.word(place + " as a ref")}


def field_lines(canaries):
    """One event for every way to put a canary into every field of every type."""
    choices = schema_text.first_choices()
    for record_type in schema_text.record_types():
        plain = {field.name: plain_value(field, choices)
                 for field in record_type.fields if field.required}
        for field in record_type.fields:
            for value in field_values(canaries, record_type.name, field):
                yield bad_input.encoded({"type": record_type.name,
                                         "set": {**plain, field.name: value}})
        key = canaries.nik(record_type.name + " as a field's name")
        yield bad_input.encoded({"type": record_type.name, "set": {**plain, key: key}})


def envelope_lines(canaries):
    """One event for every way to put a canary beside `set`."""
    for key in ("type", "id", "ref", "by", "at", "op", "set", "version", "other", "settles",
                "note"):
        for make in (canaries.nik, canaries.word):
            for wrap in (lambda text: text, lambda text: [text], lambda text: {text: text},
                         lambda text: {"ref": text}):
                plain = {"type": "Person", "set": {"name": "Ibu Satu"}}
                yield bad_input.encoded({**plain, key: wrap(make(f'"{key}"'))})
    for op in ("set", "retract", "link", "unlink", "resolve"):
        place = f"op {op}"
        event = {"type": "Person", "op": op, "id": canaries.nik(place + ", id"),
                 "other": canaries.nik(place + ", other"), "by": canaries.word(place + ", by"),
                 "ref": canaries.word(place + ", ref"),
                 "settles": [canaries.nik(place + ", settles")],
                 "set": {"name": canaries.word(place + ", set")}}
        wanted = {"set": ("set",), "retract": (), "link": ("other",), "unlink": ("other",),
                  "resolve": ("set", "settles")}[op]
        beside = {"other", "settles", "set"} - set(wanted)
        yield bad_input.encoded(event)
        yield bad_input.encoded({key: event[key] for key in event if key not in beside})
    # A ref that comes again: with the same content, and with other content.
    again = {"type": "Person", "ref": canaries.word("a ref that comes again"),
             "set": {"name": canaries.word("its content")}}
    yield bad_input.encoded(again)
    yield bad_input.encoded(again)
    yield bad_input.encoded({**again, "set": {"name": canaries.word("its other content")}})


def holds_a_word(field):
    """Whether a canary with its word is a good value of `field`."""
    return field.kind == "Text" and field.format is None and field.max_bytes >= WORD_BYTES


def family_lines(canaries, facility, who):
    """Good lines: a person of `facility` and one record of every type that refers to her, with a
    canary in every field that takes one. `who` says in the places whose they are."""
    choices = schema_text.first_choices()
    types = {one.name: one for one in schema_text.record_types()}
    refers = [one for one in types.values()
              if any(field.name == "person" and field.required for field in one.fields)]
    ref = canaries.word(f"{who}: the ref of Person")
    for one in (types["Person"], *refers):
        plain = {field.name: plain_value(field, choices)
                 for field in one.fields if field.required}
        plain["facility" if one is types["Person"] else "person"] = (
            facility if one is types["Person"] else {"ref": ref})
        for field in one.fields:
            place = f"{who}: {one.name}.{field.name}"
            if holds_a_word(field):
                plain[field.name] = canaries.word(place)
            elif field.format == "nik":
                plain[field.name] = canaries.nik(place)
        event = {"type": one.name, "by": canaries.word(f"{who}: by of {one.name}"), "set": plain}
        yield bad_input.encoded({**event, "ref": ref} if one is types["Person"] else event)


def bad_lines(canaries):
    for case in bad_input.CASES:
        yield case.line(canaries.nik(case.name))


def lines(canaries):
    return [*field_lines(canaries), *envelope_lines(canaries), *bad_lines(canaries)]
