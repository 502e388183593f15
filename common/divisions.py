"""Division codes (GB/T 2260 and its longer forms): names, and which place lies within which.

Codes have 2 (province), 4 (city), 6 (county), 9 (town, street) or 12 digits (village, community); many systems pad them
with zeros to 6 or 12. A code once given is never deleted: it ends on a day.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "data" / "codes" / "divisions.json"
LEVELS = (2, 4, 6, 9, 12)
CITY, COUNTY, TOWN = 4, 6, 9


@dataclass(frozen=True, slots=True)
class Division:
    """One place; `level` is the number of digits that carry meaning, validity bounds are inclusive."""

    code: str
    parent: str
    name: str
    level: int
    valid_from: date | None
    valid_to: date | None

    def in_force(self, on: date) -> bool:
        """Return whether the code was in use on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@cache
def all_divisions() -> dict[str, Division]:
    """Return every known division by its short code."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["divisions"]
    return {row["code"]: _division(row) for row in rows}


def _division(row: dict[str, str | int | None]) -> Division:
    bounds = [date.fromisoformat(str(row[key])) if row[key] else None for key in ("valid_from", "valid_to")]
    return Division(str(row["code"]), str(row["parent"]), str(row["name"]), int(row["level"] or 0), *bounds)


def short(code: str) -> str:
    """Return a code without zero padding: 440507000000 and 440507 are one place. Raises ValueError on other text."""
    if not code.isascii() or not code.isdigit() or len(code) not in LEVELS:
        raise ValueError(f"not a division code: {code[:12]!r}")
    for level in reversed(LEVELS[:-1]):
        if len(code) > level and not code[level:].strip("0"):
            code = code[:level]
    return code


def within(code: str, area: str) -> bool:
    """Return whether a place lies in an area or is the area; text that is no code lies nowhere."""
    try:
        return short(code).startswith(short(area))
    except ValueError:
        return False


def find(code: str) -> Division | None:
    """Return the division of a code in any of its lengths, also an abolished one."""
    try:
        return all_divisions().get(short(code))
    except ValueError:
        return None


def name(code: str) -> str:
    """Return the short Chinese name of a place (龙湖区), or the code itself where it is not known."""
    found = find(code)
    return found.name if found else code


def local_name(code: str, *, home: str) -> str:
    """Return the name as people of the city of `home` say it (龙湖区珠池街道); a place elsewhere with all above it."""
    try:
        text = short(code)
    except ValueError:
        return code
    if len(text) < COUNTY or not text.startswith(home[:CITY]):
        return full_name(code)
    known = all_divisions()
    return "".join(
        known[text[:level]].name for level in LEVELS if COUNTY <= level <= len(text) and text[:level] in known
    )


def full_name(code: str) -> str:
    """Return the name with everything above it (广东省汕头市龙湖区), as an address begins."""
    try:
        text = short(code)
    except ValueError:
        return code
    known = all_divisions()
    names = [known[text[:level]].name for level in LEVELS if level <= len(text) and text[:level] in known]
    return "".join(names) or code
