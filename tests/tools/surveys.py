#!/usr/bin/env python3
"""Turns a survey of children into Person and GrowthMeasurement events, as NDJSON.

    surveys.py NAME FILE        NAME: anthro1, flag.ex01, sp.ex01 or rl.ex01

Values go through as they are written, wrong ones too: it is the intake that refuses. Kilograms become
grams and centimetres millimetres in exact decimal arithmetic; a value that is not a whole number of
these goes in with its decimals. A line is counted as in the file: the header is line 1.
"""

import csv
import datetime
import decimal
import json
import sys
from decimal import Decimal

DAYS_PER_MONTH = Decimal("30.4375")      # what the surveys' own z-scores were computed with
SURVEY_DATE = datetime.date(2024, 10, 15)
STANDING_FROM_MONTHS = 24
MISSING = {"", "NA"}
SEX = {"1": "male", "2": "female", "M": "male", "F": "female"}   # rl.ex01 has letters here and there
OEDEMA = {"1": True, "2": False}

FILES = {
    "anthro1": "anthro/zscorer/anthro1.csv",
    "flag.ex01": "anthro/nipnTK/flag.ex01.csv",
    "sp.ex01": "anthro/nipnTK/sp.ex01.csv",
    "rl.ex01": "anthro/nipnTK/rl.ex01.csv",
}


def as_json(value):
    """Decimals as numbers, digit for digit."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{as_json(part)}" for key, part in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def scaled(text, factor):
    value = Decimal(text) * factor
    whole = value.to_integral_value()
    return whole if whole == value else value


def birth_date(months):
    days = int((Decimal(months) * DAYS_PER_MONTH).quantize(Decimal(1), decimal.ROUND_HALF_EVEN))
    return SURVEY_DATE - datetime.timedelta(days=days)


def events_of_row(name, line, row):
    short = name.removesuffix(".ex01")
    person_ref = f"{name}-{line:04}-person"
    yield {
        "type": "Person",
        "ref": person_ref,
        "by": "survey",
        "set": {
            "name": f"Anak {line:04} {short}",
            "sex": SEX.get(row["sex"], row["sex"]),
            "birthDate": birth_date(row["age"]).isoformat(),
            "birthDateEstimated": True,
        },
    }
    measured = {"person": {"ref": person_ref}, "date": SURVEY_DATE.isoformat()}
    if row["weight"] not in MISSING:
        measured["weightGrams"] = scaled(row["weight"], 1000)
    if row["height"] not in MISSING:
        measured["lengthMillimetres"] = scaled(row["height"], 10)
        standing = int(row["age"]) >= STANDING_FROM_MONTHS
        measured["posture"] = "standing" if standing else "lying"
    if row["muac"] not in MISSING:
        measured["muacMillimetres"] = scaled(row["muac"], 1)
    if row["oedema"] not in MISSING:
        measured["oedema"] = OEDEMA.get(row["oedema"], row["oedema"])
    yield {"type": "GrowthMeasurement", "ref": f"{name}-{line:04}-growth", "by": "survey",
           "set": measured}


def events(name, path):
    """(line of the file, event) for each row, the person before the measurement."""
    with open(path, newline="", encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            for event in events_of_row(name, line, row):
                yield line, event


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in FILES:
        print("usage: surveys.py " + "|".join(FILES) + " FILE", file=sys.stderr)
        return 2
    for _, event in events(sys.argv[1], sys.argv[2]):
        print(as_json(event))
    return 0


if __name__ == "__main__":
    sys.exit(main())
