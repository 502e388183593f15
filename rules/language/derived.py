"""Facts that follow from one other fact and the day of judging: declared as data, typed, few."""

from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rules.language.tree import ListName
from rules.language.values import Fact, Facts, Source, SourceKind, UnknownReason


class DerivedKind(StrEnum):
    """How a derived fact follows from its origin."""

    AGE = "age"
    MONTHS_SINCE = "months_since"
    DAYS_SINCE = "days_since"
    DAYS_UNTIL = "days_until"
    COUNT = "count"
    DIVISION_PREFIX = "division_prefix"


class Derivation(BaseModel):
    """`name` follows from `of`; `length` is the number of digits a division_prefix keeps."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(pattern=r"^derived\.[a-z][a-z0-9_-]{0,60}$")]
    kind: DerivedKind = Field(strict=False)
    of: ListName
    label: Annotated[str, Field(min_length=1, max_length=60)]
    unit: str = ""
    length: Annotated[int, Field(ge=2, le=12)] = 6


def months_between(start: date, end: date) -> int:
    """Return whole months from start to end, negative when end is earlier.

    A month is full on the corresponding day, or on the month's last day where that is missing (民法典 202).
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    due = min(start.day, monthrange(end.year, end.month)[1])
    return months if end.day >= due else months - 1


def age_on(birth: date, day: date) -> int:
    """Return 周岁 by the common administrative rule: N is reached on the Nth birthday itself.

    Criminal law counts from the day after the birthday; this product does not. Who was born on 29 February
    reaches the age on 28 February of a common year, the last day of the month (民法典 202).
    """
    return months_between(birth, day) // 12


def derive(facts: Facts, *, derivations: Iterable[Derivation], on: date) -> dict[str, Fact]:
    """Return the derived facts, in order, so that one may build on another; what is unknown stays so."""
    found: dict[str, Fact] = {}
    for derivation in derivations:
        origin = found.get(derivation.of) or facts.get(derivation.of)
        found[derivation.name] = _follow(derivation, origin, on)
    return found


def _follow(derivation: Derivation, origin: object, on: date) -> Fact:
    if type(origin) is not Fact:
        return Fact(None, None, UnknownReason.NOT_ASKED if origin is None else UnknownReason.UNREADABLE)
    source = _source(derivation, origin.source)
    if origin.missing is not None:
        return Fact(None, source, origin.missing)
    if origin.value is None:
        return Fact(None, source, UnknownReason.NOT_ASKED)
    value = _RULES[derivation.kind](origin.value, on, derivation.length)
    return Fact(value, source, UnknownReason.UNREADABLE if value is None else None)


def _source(derivation: Derivation, origin: Source | None) -> Source | None:
    """Keep the certificate or register the origin was read from: that is what the citizen can check."""
    if origin is None:
        return None
    return Source(
        SourceKind.DERIVED,
        derivation.name,
        origin.label,
        origin.number,
        origin.version,
        origin.field,
        origin.at,
        origin.detail,
    )


def _age(value: object, on: date, _length: int) -> int | None:
    return age_on(value, on) if type(value) is date and value <= on else None


def _months_since(value: object, on: date, _length: int) -> int | None:
    return months_between(value, on) if type(value) is date else None


def _days_since(value: object, on: date, _length: int) -> int | None:
    return (on - value).days if type(value) is date else None


def _days_until(value: object, on: date, _length: int) -> int | None:
    return (value - on).days if type(value) is date else None


def _count(value: object, _on: date, _length: int) -> int | None:
    return len(value) if isinstance(value, tuple | list) else None


def _division_prefix(value: object, _on: date, length: int) -> str | None:
    return value[:length] if type(value) is str and len(value) >= length else None


_RULES: dict[DerivedKind, Callable[[object, date, int], int | str | None]] = {
    DerivedKind.AGE: _age,
    DerivedKind.MONTHS_SINCE: _months_since,
    DerivedKind.DAYS_SINCE: _days_since,
    DerivedKind.DAYS_UNTIL: _days_until,
    DerivedKind.COUNT: _count,
    DerivedKind.DIVISION_PREFIX: _division_prefix,
}
