"""The record types and their fields, read from the text of schema/ilp.capnp: a new type or field is
in every test that walks over them without being named there."""

import dataclasses
import pathlib
import re

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "schema"
TEXT_BYTES_DEFAULT = 256      # core/limits.hh
INTEGER = re.compile(r"U?Int(8|16|32|64)")


@dataclasses.dataclass(frozen=True)
class Field:
    name: str
    kind: str                 # Text, Bool, Date, Time, RecordId, Terms.X or a Cap'n Proto integer
    rules: str                # its annotations as they stand there

    @property
    def required(self):
        return "$required" in self.rules

    def argument(self, annotation, pattern):
        found = re.search(re.escape("$" + annotation) + r"\(" + pattern, self.rules)
        return found.group(1) if found else None

    @property
    def format(self):
        return self.argument("format", r"(\w+)")

    @property
    def max_bytes(self):
        return int(self.argument("maxBytes", r"(\d+)") or TEXT_BYTES_DEFAULT)

    @property
    def min(self):
        return int(self.argument("range", r"min = (-?\d+)") or 0)

    @property
    def label(self):
        return self.argument("label", r'id = "[^"]*",\s*en = "([^"]*)"')

    @property
    def unit(self):
        return self.argument("unit", r'"([^"]*)"')


@dataclasses.dataclass(frozen=True)
class RecordType:
    name: str
    system: bool
    fields: tuple


def _without_comments(name):
    return re.sub(r"#[^\n]*", "", (SCHEMA / name).read_text())


def record_types():
    found = []
    for name, rules, body in re.findall(r"^struct (\w+) (\$record[^{]*)\{(.*?)^\}",
                                        _without_comments("ilp.capnp"), re.DOTALL | re.MULTILINE):
        fields = tuple(Field(*parts)
                       for parts in re.findall(r"(\w+) @\d+ :([\w.]+)([^;]*);", body))
        found.append(RecordType(name, "system = true" in rules, fields))
    return found


def vocabulary():
    """The names that the schema itself lists, to compare with what was read."""
    body = re.search(r"struct Vocabulary \{([^}]*)\}", _without_comments("ilp.capnp")).group(1)
    return re.findall(r":(\w+);", body)


def first_choices():
    """{enum: its first name}."""
    return dict(re.findall(r"enum (\w+) \{\s*(\w+) @0", _without_comments("terms.capnp")))
