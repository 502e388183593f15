"""Facts that follow from one or two other facts and the day of judging: declared as data, typed, few."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

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
    WORKDAYS_SINCE = "workdays_since"
    WORKDAYS_UNTIL = "workdays_until"
    SUM = "sum"


# What only a calendar can tell: counted where facts are collected, stored with them, and taken as it is given.
COUNTED_KINDS = frozenset({DerivedKind.WORKDAYS_SINCE, DerivedKind.WORKDAYS_UNTIL})
_DATED_KINDS = COUNTED_KINDS | {
    DerivedKind.AGE,
    DerivedKind.MONTHS_SINCE,
    DerivedKind.DAYS_SINCE,
    DerivedKind.DAYS_UNTIL,
}


class Derivation(BaseModel):
    """`name` follows from `of`, on the day of judging or, where another date is named, on the day `at` holds.

    `length` is the number of digits a division_prefix keeps, `field` what a sum adds up.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(pattern=r"^derived\.[a-z][a-z0-9_-]{0,60}$")]
    kind: DerivedKind = Field(strict=False)
    of: ListName
    label: Annotated[str, Field(min_length=1, max_length=60)]
    unit: str = ""
    length: Annotated[int, Field(ge=2, le=12)] = 6
    at: ListName | None = None
    field: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,60}$")] | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Derivation":
        if self.at is not None and self.kind not in _DATED_KINDS:
            raise PydanticCustomError("rules_derived", "只有年龄、月数、天数、工作日数可以写 at")
        if (self.field is not None) != (self.kind is DerivedKind.SUM):
            raise PydanticCustomError("rules_derived", "sum 要写 field，其他算法不写 field")
        return self

    @property
    def origins(self) -> tuple[str, ...]:
        """The facts it follows from."""
        return (self.of,) if self.at is None else (self.of, self.at)


def months_between(start: date, end: date) -> int:
    """Return whole months from start to end, negative when end is earlier.

    A month is full on the corresponding day, or on the month's last day where that is missing (民法典 202).
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    due = min(start.day, monthrange(end.year, end.month)[1])
    return months if end.day >= due else months - 1


def months_after(start: date, months: int) -> date:
    """Return the corresponding day so many months on, or the month's last day where that is missing (民法典 202)."""
    total = start.year * 12 + start.month - 1 + months
    year, month = divmod(total, 12)
    if not date.min.year <= year <= date.max.year:
        return date.max if year > date.max.year else date.min
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


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
        at = None if derivation.at is None else found.get(derivation.at) or facts.get(derivation.at)
        day = on if derivation.at is None else _day(at)
        found[derivation.name] = _follow(derivation, origin, day, facts.get(derivation.name))
    return found


def _day(at: object) -> date | UnknownReason:
    """Return the day another fact holds, or why there is none."""
    reason = _lacking(at)
    if reason is not None:
        return reason
    value = at.value  # type: ignore[attr-defined]
    return value if type(value) is date else UnknownReason.UNREADABLE


def _lacking(fact: object) -> UnknownReason | None:
    """Return why nothing can follow from a fact, None where it has a value."""
    if type(fact) is not Fact:
        return UnknownReason.NOT_ASKED if fact is None else UnknownReason.UNREADABLE
    if fact.missing is not None:
        missing: object = fact.missing
        return missing if isinstance(missing, UnknownReason) else UnknownReason.UNREADABLE
    return UnknownReason.NOT_ASKED if fact.value is None else None


def _follow(derivation: Derivation, origin: object, day: date | UnknownReason, given: object) -> Fact:
    source = _source(derivation, origin.source) if type(origin) is Fact else None
    reason = _lacking(origin)
    if reason is None and isinstance(day, UnknownReason):
        reason = day
    if reason is not None or isinstance(day, UnknownReason):
        return Fact(None, source, reason)
    if derivation.kind in COUNTED_KINDS:
        return _counted(given, source)
    value = _RULES[derivation.kind](origin.value, day, derivation)  # type: ignore[attr-defined]
    return Fact(value, source, UnknownReason.UNREADABLE if value is None else None)


def _counted(given: object, source: Source | None) -> Fact:
    """Return working days as they were counted when the facts were collected; nobody counted: unknown."""
    reason = _lacking(given)
    if type(given) is not Fact or reason is not None:
        return Fact(None, (given.source if type(given) is Fact else None) or source, reason)
    value = given.value
    fits = type(value) is int
    return Fact(value if fits else None, source, None if fits else UnknownReason.UNREADABLE)


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


def _age(value: object, on: date, _how: Derivation) -> int | None:
    return age_on(value, on) if type(value) is date and value <= on else None


def _months_since(value: object, on: date, _how: Derivation) -> int | None:
    return months_between(value, on) if type(value) is date else None


def _days_since(value: object, on: date, _how: Derivation) -> int | None:
    return (on - value).days if type(value) is date else None


def _days_until(value: object, on: date, _how: Derivation) -> int | None:
    return (value - on).days if type(value) is date else None


def _count(value: object, _on: date, _how: Derivation) -> int | None:
    return len(value) if isinstance(value, tuple | list) else None


def _division_prefix(value: object, _on: date, how: Derivation) -> str | None:
    return value[: how.length] if type(value) is str and len(value) >= how.length else None


def _sum(value: object, _on: date, how: Derivation) -> Decimal | None:
    """Return what the field adds up to; one entry without an amount, and the sum is unknown."""
    if not isinstance(value, tuple | list):
        return None
    parts = [record.get(how.field) if isinstance(record, Mapping) else None for record in value]
    amounts = [part for part in parts if type(part) is Decimal and part.is_finite() and part.adjusted() <= 15]
    return sum(amounts, Decimal(0)) if len(amounts) == len(parts) else None


_RULES: dict[DerivedKind, Callable[[object, date, Derivation], int | str | Decimal | None]] = {
    DerivedKind.AGE: _age,
    DerivedKind.MONTHS_SINCE: _months_since,
    DerivedKind.DAYS_SINCE: _days_since,
    DerivedKind.DAYS_UNTIL: _days_until,
    DerivedKind.COUNT: _count,
    DerivedKind.DIVISION_PREFIX: _division_prefix,
    DerivedKind.SUM: _sum,
}
