"""The bad-input list: every line that an intake must refuse, by name, with what it must answer.

A case's line is made for one NIK, so that every refusal can be searched for it.
"""

import dataclasses
import json
from typing import Callable

KIB = 1024
MB = 1000 * 1000
NIK = "9404015708950001"

# How each sentence begins, in Indonesian and in English.
SENTENCES = {
    "not_json": ("Ini bukan satu objek JSON", "This is not one valid JSON object"),
    "not_utf8": ("Teks ini bukan UTF-8", "This text is not UTF-8"),
    "too_long": ("Catatan ini terlalu panjang, batasnya 65536 byte",
                 "This event is too long, the limit is 65536 bytes"),
    "too_deep": ("JSON ini bertingkat terlalu dalam", "This JSON is nested too deeply"),
    "duplicate_key": ("\"", "\""),
    "unknown_key": ("Ada kunci yang tidak dikenal", "There is an unknown key"),
    "wrong_json_type": ("Nilai", "The value"),
    "unknown_type": ("Jenis catatan", "The record type"),
    "unknown_field": ("Kolom", "There is no such field"),
    "unknown_op": ("Isi \"op\" tidak dikenal", "The value of \"op\" is unknown"),
    "unknown_enumerant": ("Pilihan untuk \"sex\"", "The choice for \"sex\""),
    "not_an_integer": ("Isi \"weightGrams\" harus bilangan bulat",
                       "\"weightGrams\" must be a whole number"),
    "out_of_range": ("Isi \"weightGrams\" harus antara 500 dan 40000",
                     "\"weightGrams\" must be between 500 and 40000"),
    "bad_date": ("Tanggal di", "The date in"),
    "bad_time": ("Waktu di", "The time in"),
    "bad_nik": ("NIK di \"nik\" salah", "The NIK in \"nik\" is wrong"),
    "bad_text": ("Teks di", "The text in"),
    "bad_id": ("Pengenal", "The id"),
    "unknown_ref": ("Ref di \"person\" belum pernah disimpan",
                    "The ref in \"person\" was never saved"),
    "http_too_large": ("Permintaan ini terlalu besar", "This request is too large"),
}


def person(nik, /, **fields):
    return {"type": "Person", "by": "kader-03", "at": "2024-10-15T09:12:00+09:00",
            "set": {"name": "Ibu Satu", "nik": nik, "sex": "female", "birthDate": "1995-08-17",
                    **fields}}


def growth(nik, /, **fields):
    return {"type": "GrowthMeasurement", "by": "kader-" + nik,
            "set": {"person": "0123456789abcdef", "date": "2024-10-15", "weightGrams": 9200,
                    **fields}}


def encoded(event):
    return json.dumps(event).encode()


def without_quotes(event, marked):
    """The JSON of `event` with the text `marked` unquoted: a number that Python has not."""
    return encoded(event).replace(json.dumps(marked).encode(), marked.encode())


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    code: str
    line: Callable[[str], bytes]      # of a NIK
    field: str | None = None          # that the refusal names
    single_http_status: int = 422

    @property
    def too_large_for_http(self):
        return self.name.startswith("a 10 MB line")


def weight(text):
    return lambda nik: without_quotes(growth(nik, weightGrams=text), text)


def birth(text):
    return lambda nik: encoded(person(nik, birthDate=text))


def named(raw):
    """A person with these bytes in the middle of the name."""
    return lambda nik: encoded(person(nik, name="Ibu @ Satu")).replace(b"@", raw)


def padded(size):
    return lambda nik: encoded(person(nik, address="x" * size))


def with_key(key, value):
    return lambda nik: encoded({**person(nik), key: value})


CASES = (
    Case("malformed JSON: cut off", "not_json", lambda nik: encoded(person(nik))[:-2]),
    Case("malformed JSON: a comma too many", "not_json",
         lambda nik: encoded(person(nik))[:-1] + b",}"),
    Case("malformed JSON: two events on a line", "not_json",
         lambda nik: encoded(person(nik)) * 2),
    Case("malformed JSON: half a surrogate pair", "not_json", named(rb"\ud800")),
    Case("malformed JSON: single quotes", "not_json",
         lambda nik: encoded(person(nik)).replace(b"\"", b"'")),
    Case("JSON that is no object", "wrong_json_type", lambda nik: encoded([person(nik)])),
    Case("JSON nested too deeply", "too_deep",
         lambda nik: encoded(person(nik, name="@")).replace(b"\"@\"", b"[" * 20 + b"]" * 20)),
    Case("an unknown type", "unknown_type", with_key("type", "Personn"), "type"),
    Case("an unknown type that is a NIK", "unknown_type",
         lambda nik: encoded({**person(nik), "type": nik}), "type"),
    Case("an unknown field", "unknown_field", lambda nik: encoded(person(nik, shoeSize=31)),
         "shoeSize"),
    Case("an unknown field that is a NIK", "unknown_field",
         lambda nik: encoded(person(nik, **{nik: 31}))),
    Case("an unknown key", "unknown_key", with_key("surprise", 1), "surprise"),
    Case("an unknown key that is a NIK", "unknown_key",
         lambda nik: encoded({**person(nik), nik: 1})),
    Case("an unknown op", "unknown_op", lambda nik: encoded({**person(nik), "op": nik}), "op"),
    Case("an unknown choice", "unknown_enumerant", lambda nik: encoded(person(nik, sex=nik)),
         "sex"),
    Case("a duplicate key", "duplicate_key",
         lambda nik: encoded(person(nik))[:-1] + b",\"type\":\"Person\"}", "type"),
    Case("a duplicate field", "duplicate_key",
         lambda nik: encoded(person(nik)).replace(b"\"name\"", b"\"name\":\"\",\"name\""), "name"),
    Case("a number below its range", "out_of_range", weight("499"), "weightGrams"),
    Case("a number above its range", "out_of_range", weight("40001"), "weightGrams"),
    Case("a negative number", "out_of_range", weight("-9200"), "weightGrams"),
    Case("a NIK as a number", "out_of_range",
         lambda nik: without_quotes(growth("kader", weightGrams=nik), nik), "weightGrams"),
    Case("1e400", "not_an_integer", weight("1e400"), "weightGrams"),
    Case("a number with decimals", "not_an_integer", weight("9200.5"), "weightGrams"),
    Case("2^63", "out_of_range", weight(str(2**63)), "weightGrams"),
    Case("2^64", "out_of_range", weight(str(2**64)), "weightGrams"),
    Case("a number of 400 digits", "out_of_range", weight("9" * 400), "weightGrams"),
    Case("a number as text", "wrong_json_type",
         lambda nik: encoded(growth(nik, weightGrams="9200")), "weightGrams"),
    Case("U+0000 in a text", "bad_text", named(rb"\u0000"), "name"),
    Case("U+0000 in a ref", "bad_text", with_key("ref", "a\0b"), "ref"),
    Case("U+0000 in a field's name", "unknown_field",
         lambda nik: encoded(person(nik, **{"name\0": "x"}))),
    Case("29 February of no leap year", "bad_date", birth("2023-02-29"), "birthDate"),
    Case("31 April", "bad_date", birth("2024-04-31"), "birthDate"),
    Case("the 13th month", "bad_date", birth("2024-13-01"), "birthDate"),
    Case("a date of zeros", "bad_date", birth("0000-00-00"), "birthDate"),
    Case("a date written backwards", "bad_date", birth("17-08-1995"), "birthDate"),
    Case("a NIK as a date", "bad_date", lambda nik: birth(nik)(nik), "birthDate"),
    Case("the 25th hour", "bad_time", with_key("at", "2024-10-15T25:00:00+09:00"), "at"),
    Case("a NIK with letters", "bad_nik",
         lambda nik: encoded(person(nik, nik=nik[:-1] + "O", motherNik=nik)), "nik"),
    Case("a NIK of 15 digits", "bad_nik",
         lambda nik: encoded(person(nik, nik=nik[:-1], motherNik=nik)), "nik"),
    Case("a NIK without a possible birth date", "bad_nik",
         lambda nik: encoded(person(nik, nik=nik[:8] + "13" + nik[10:], motherNik=nik)), "nik"),
    Case("bad UTF-8: a byte that never is", "not_utf8", named(b"\xff")),
    Case("bad UTF-8: a form longer than needed", "not_utf8", named(b"\xc0\xaf")),
    Case("bad UTF-8: a surrogate", "not_utf8", named(b"\xed\xa0\x80")),
    Case("bad UTF-8: cut off", "not_utf8", lambda nik: encoded(person(nik)) + b"\xe2\x82"),
    Case("a 70 KiB line", "too_long", padded(70 * KIB)),
    Case("a 10 MB line", "too_long", padded(10 * MB), single_http_status=413),
    Case("an unknown ref", "unknown_ref",
         lambda nik: encoded(growth(nik, person={"ref": nik})), "person"),
    Case("a malformed id", "bad_id", lambda nik: encoded(growth(nik, person=nik + "0")), "person"),
)
