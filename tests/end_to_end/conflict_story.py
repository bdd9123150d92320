"""The language of tests/end_to_end/conflicts/*.txt: stories that a health worker can read.

A story is prose for its reader, and sentences that are played: each begins with "- " and may go on
in indented lines, the last of which may be what is written down, as JSON. A sentence that nobody
understands is an error, so that a slip of the pen never passes for a fact.
"""

import dataclasses
import datetime
import json
import pathlib
import re

import harness  # noqa: F401  (it knows where the tools are)
import schema_text

PLACES = {
    "Posyandu Melati": "K9404001",
    "the second tablet of Posyandu Melati": "K9404001",
    "Posyandu Kenanga": "K9404002",
    "Posyandu Anggrek": "K9404003",
    "the clone of Posyandu Anggrek's tablet": "K9404003",
    "Pustu Kwamki": "T9404001",
    "the Puskesmas": "P9404010",
    "the Dinas": "D9404000",
}
ZONES = {"WIB": "+07:00", "WITA": "+08:00", "WIT": "+09:00"}
NIK = re.compile(r"\d{16}")

_PLACE = "(?:" + "|".join(f"[{name[0].upper()}{name[0].lower()}]{re.escape(name[1:])}"
                          for name in sorted(PLACES, key=len, reverse=True)) + ")"
_AUTHOR = r"(?:kader|bidan|perawat|petugas) [A-Z][a-z]+"
_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d (?:WIB|WITA|WIT)"
_VALUE = rf'(?:"[^"]*"|{_TIME}|-?\d+(?: [a-zA-Z]+)?|yes|no)'
_WRITTEN = f"{_VALUE} by {_AUTHOR}"
_WORDS = {
    "place": _PLACE,
    "places": f"{_PLACE}(?:, {_PLACE})*(?: and {_PLACE})?",
    "author": _AUTHOR,
    "record": r'"[^"]+"',
    "records": r'"[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?',
    "type": r"[A-Z]\w+",
    "field": r"[A-Za-z][A-Za-z' /()-]*?",
    "value": _VALUE,
    "written": f"{_WRITTEN}(?:, {_WRITTEN})*(?:,? (?:and|or) {_WRITTEN})",
    "time": _TIME,
    "text": r'"[^"]*"',
    "said": _WRITTEN,
    "code": r"[a-z_]+",
    "number": r"-?\d+",
    "word": r"[a-zA-Z]+",
}


class StoryError(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Step:
    line: int
    text: str
    written: object     # what is written down, or None


@dataclasses.dataclass(frozen=True)
class Story:
    path: pathlib.Path
    title: str
    steps: tuple

    @property
    def number(self):
        return int(self.path.name.split("-")[0])


def read(path):
    lines = path.read_text().splitlines()
    steps = []
    for number, line in enumerate(lines, 1):
        if line.startswith("- "):
            steps.append([number, [line[2:]]])
        elif line.startswith("  ") and line.strip() and steps and steps[-1][1][-1]:
            steps[-1][1].append(line.strip())
        elif steps:
            steps[-1][1].append("")         # whatever follows is prose again
    return Story(path, lines[0], tuple(_step(path, *step) for step in steps))


def _step(path, number, parts):
    parts = [part for part in parts if part]
    json_at = next((at for at, part in enumerate(parts) if part.startswith("{")), len(parts))
    written = None
    if json_at < len(parts):
        try:
            written = json.loads(" ".join(parts[json_at:]))
        except ValueError as error:
            raise StoryError(f"{path.name}:{number}: that is no JSON: {error}") from None
    return Step(number, " ".join(parts[:json_at]), written)


def pattern(template):
    """The expression of a sentence: `<place>` and so on are words of this language, `<name:place>`
    gives one a name of its own, and a [part] in brackets may be left out."""
    expression = ""
    for part in re.split(r"(<[\w:]+>|\[|\])", template):
        if part.startswith("<"):
            name, _, kind = part[1:-1].rpartition(":")
            expression += f"(?P<{name or kind}>{_WORDS[kind]})"
        else:
            expression += {"[": "(?:", "]": ")?"}.get(part) or re.escape(part)
    return re.compile(expression)


def listed(text, kind):
    """The parts of "A, B and C"."""
    return re.findall(_WORDS[kind], text)


def place_named(text):
    return text if text in PLACES else text[0].lower() + text[1:]


def unquoted(text):
    return text[1:-1]


def when(text):
    """A time as people write it, as an event has it."""
    date, clock, zone = text.split()
    return f"{date}T{clock}:00{ZONES[zone]}"


def masked(text):
    """What may be printed: never a NIK."""
    return NIK.sub("(a NIK)", str(text))


class Vocabulary:
    """Fields by the labels that people see."""

    def __init__(self):
        self.types = {one.name: {field.name: field for field in one.fields}
                      for one in schema_text.record_types()}

    def field(self, type_name, words):
        """The field of a type whose English label is `words`, in whatever case; what a label has in
        brackets may be left out."""
        for field in self.types[type_name].values():
            label = field.label.lower()
            if words.lower() in (label, re.sub(r" \(.*\)", "", label)):
                return field
        raise StoryError(f"a {type_name} has no {words!r}")

    def value(self, field, words):
        """`words` as JSON has it; a number says its unit if the field has one to tell."""
        if words in ("yes", "no"):
            return words == "yes"
        if words.startswith('"'):
            return unquoted(words)
        if re.fullmatch(_TIME, words):
            moment = datetime.datetime.fromisoformat(when(words)).astimezone(datetime.timezone.utc)
            return moment.isoformat().replace("+00:00", "Z")
        number, _, unit = words.partition(" ")
        if unit != (field.unit if field.unit.isalpha() else ""):
            raise StoryError(f"the unit of {field.name} is {field.unit}, not {unit or 'absent'}")
        return int(number)
