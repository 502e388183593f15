"""Made-up facts in place of a real case's: every check, line and outcome stays as it was. Pure.

An example is kept with the edition for ever and read by many; no name, number, date or address of anybody may stand in
it (个人信息保护法 art. 6, 73). Yes or no, a code, a small count and a county identify nobody and are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from matters.counting import counted
from matters.editions import Compiled
from rules import Fact, Facts, FactSpec, FactType, FieldSpec, UnknownReason

Place = tuple[str, int, str]  # fact name; record and field of a list, else -1 and ""
Shape = tuple[Any, ...]
WHOLE = -1
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_NUMBER = re.compile(r"[0-9A-Za-z]{15,}", re.ASCII)
_DIGITS = re.compile(r"[0-9A-Za-z-]{5,}", re.ASCII)
_COUNTY = 6
_YEARS = (-1, 1, -2, 2, 0)
_DAYS = ((1, 1), (7, 1), (12, 31))
_NEAR = (11, -11, 5, -5)
_SMALL, _SMALLER = 1000, 100
_EARLIEST, _LATEST = 1800, 2200


class NotInventable(ValueError):
    """No made-up value keeps what came out; `label` names the fact."""

    def __init__(self, label: str) -> None:
        """Keep the label."""
        self.label = label
        super().__init__(label)


@dataclass(frozen=True, slots=True)
class _Group:
    """Places that hold one and the same value: they are replaced together, so that what is the same stays so."""

    spec: FieldSpec
    value: Any
    places: tuple[Place, ...]


def invent(facts: Facts, *, sides: Sequence[Compiled], on: date) -> dict[str, Fact]:
    """Return the facts these editions judge on, made up where they could tell who it is. Raises NotInventable."""
    specs = {name: spec for side in sides for name, spec in side.specs.items()}
    needed = frozenset[str]().union(*(side.needed for side in sides))
    found = {
        name: replace(fact, source=None) for name, fact in facts.items() if name in needed and name in specs
    }
    wanted = _shape(found, sides, on)
    words = _words(sides)
    divisions = sorted({code for side in sides for code in side.vocabulary.divisions})
    for number, group in enumerate(_groups(found, specs, sides[0].vocabulary.rules.normalised)):
        if _tells_nobody(group, words):
            continue
        for candidate in _candidates(group, number, words=words, divisions=divisions):
            tried = _with(found, group, candidate)
            if candidate != group.value and _shape(tried, sides, on) == wanted:
                found = tried
                break
        else:
            raise NotInventable(group.spec.label)
    return found


def _shape(facts: Facts, sides: Sequence[Compiled], on: date) -> Shape:
    """Return all that must stay as it was: verdict, row, every check and line with its reason."""
    verdicts = [
        side.judge(counted(facts, vocabulary=side.vocabulary, on=on, again=True), on=on) for side in sides
    ]
    return tuple(
        (
            verdict.kind,
            verdict.outcome.row if verdict.outcome else None,
            [
                (one.check_code, one.outcome, [(leaf.path, leaf.outcome, leaf.reason) for leaf in one.leaves])
                for one in verdict.findings
            ],
            [(leaf.path, leaf.outcome, leaf.reason) for leaf in verdict.outcome_leaves],
        )
        for verdict in verdicts
    )


def _groups(facts: Facts, specs: Mapping[str, FactSpec], normalised: Callable[[str], str]) -> list[_Group]:
    found: dict[tuple[str, str], _Group] = {}
    for place, spec, value in _values(facts, specs):
        same = normalised(value) if spec.type is FactType.TEXT else str(value)
        key = (spec.type.value, same)
        known = found.get(key)
        found[key] = (
            _Group(spec, value, (place,)) if known is None else replace(known, places=(*known.places, place))
        )
    return list(found.values())


def _values(facts: Facts, specs: Mapping[str, FactSpec]) -> Iterator[tuple[Place, FieldSpec, Any]]:
    for name, fact in sorted(facts.items()):
        spec = specs[name]
        if spec.type is not FactType.LIST:
            if fact.value not in (None, ""):
                yield (name, WHOLE, ""), spec, fact.value
            continue
        for at, record in enumerate(fact.value if isinstance(fact.value, tuple) else ()):
            for field, inner in (spec.fields or {}).items():
                value = record.get(field)
                if value not in (None, "") and not isinstance(value, UnknownReason):
                    yield (name, at, field), inner, value


def _with(facts: Mapping[str, Fact], group: _Group, value: Any) -> dict[str, Fact]:
    changed = dict(facts)
    for name, at, field in group.places:
        fact = changed[name]
        if at == WHOLE:
            changed[name] = replace(fact, value=value)
        elif isinstance(fact.value, tuple):
            records = [dict(record) for record in fact.value]
            records[at][field] = value
            changed[name] = replace(fact, value=tuple(records))
    return changed


def _tells_nobody(group: _Group, words: frozenset[str]) -> bool:
    """Return whether a value may stay: it is the rule's own word, or coarse."""
    value = group.value
    match group.spec.type:
        case FactType.BOOLEAN | FactType.CODE:
            return True
        case FactType.TEXT:
            return str(value) in words
        case FactType.DIVISION:
            return len(str(value).rstrip("0")) <= _COUNTY
        case FactType.INTEGER:
            return abs(int(value)) < (_SMALLER if group.spec.personal else _SMALL)
        case FactType.MONEY:
            return bool(value == _rounded(value, 1))
    return False


def _candidates(
    group: _Group, number: int, *, words: frozenset[str], divisions: Sequence[str]
) -> Iterator[Any]:
    match group.spec.type:
        case FactType.TEXT:
            yield from _texts(group.value, number, words)
        case FactType.DATE:
            yield from _dates(group.value)
        case FactType.DIVISION:
            county = group.value[:_COUNTY]
            yield from (code for code in divisions if code.startswith(county) and len(code) > _COUNTY)
            yield county
        case FactType.INTEGER:
            yield from (int(one) for one in _amounts(Decimal(group.value)))
        case FactType.MONEY:
            yield from _amounts(group.value)


def _texts(value: str, number: int, words: frozenset[str]) -> Iterator[str]:
    """Return made-up words; then the rule's own words that stand in it, for “contains” and “starts with”."""
    if _NUMBER.fullmatch(value):
        yield f"{number:0{len(value)}d}"
        yield value[:_COUNTY] + f"{number:0{len(value) - _COUNTY}d}"
    elif _DIGITS.fullmatch(value):
        yield f"{number:0{len(value)}d}"
    else:
        stem = _STEMS[number % len(_STEMS)] + (str(number // len(_STEMS)) if number >= len(_STEMS) else "")
        yield f"某{stem}"
        inside = sorted((word for word in words if word and word in value), key=value.index)
        if inside:
            yield "、".join(inside)
            yield "、".join([*inside, f"某{stem}"])


def _dates(value: date) -> Iterator[date]:
    if not _EARLIEST < value.year < _LATEST:  # no day of anybody's life: 长期 is written as 9999-12-31
        yield date(min(max(value.year, 1 + _EARLIEST), _LATEST - 1), 1, 1)
        return
    for years, (month, day) in product(_YEARS, _DAYS):
        yield date(value.year + years, month, day)
    for days in _NEAR:
        yield value + timedelta(days=days)


def _amounts(value: Decimal) -> Iterator[Decimal]:
    for digits in (1, 2):
        rounded = _rounded(value, digits)
        unit = Decimal(f"{Decimal(1).scaleb(value.adjusted() - digits + 1):f}")
        yield from (rounded, rounded + unit, rounded - unit)


def _rounded(value: Decimal, digits: int) -> Decimal:
    """Return an amount with so many leading digits: 3580 is 4000, or 3600."""
    coarse = value.quantize(Decimal(1).scaleb(value.adjusted() - digits + 1))
    return Decimal(f"{coarse:f}")


def _words(sides: Sequence[Compiled]) -> frozenset[str]:
    """Return every text the conditions of these editions compare with."""
    found: set[str] = set()
    for side in sides:
        package = side.package
        for one in (*package.checks, *([package.outcome] if package.outcome else [])):
            found |= set(_strings(one.model_dump(mode="json", by_alias=True)))
    return frozenset(found)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
