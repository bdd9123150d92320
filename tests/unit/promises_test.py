#!/usr/bin/env python3
"""Every command of docs/promises.md that names tests names some that exist: an argument is the build directory."""

import re
import subprocess
import sys
from pathlib import Path

PROMISES = Path(__file__).resolve().parents[2] / "docs" / "promises.md"


def names(build: str) -> list[str]:
    listed = subprocess.run(["ctest", "--test-dir", build, "-N"], check=True, capture_output=True, text=True)
    return re.findall(r"Test +#\d+: (\S+)", listed.stdout)


def alternatives(pattern: str) -> list[str]:
    """Of "^(a|b.(c|d)|e)": a, b.(c|d), e."""
    inner = re.fullmatch(r"\^\((.*)\)", pattern)
    if inner is None:
        raise ValueError(pattern)
    parts, depth = [""], 0
    for char in inner.group(1):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def main() -> None:
    known = names(sys.argv[1])
    patterns = re.findall(r"ctest --preset dev -R '([^']+)'", PROMISES.read_text())
    sections = len(re.findall(r"^## \d+\. ", PROMISES.read_text(), re.M))
    dead = [part for pattern in patterns for part in alternatives(pattern) if not any(re.match(part, name) for name in known)]
    if len(patterns) != sections:
        sys.exit(f"{sections} promises and {len(patterns)} commands that prove them: name one for each")
    if dead:
        sys.exit("no test has such a name: " + ", ".join(dead))


if __name__ == "__main__":
    main()
