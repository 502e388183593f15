"""Where a text for people names a value of a condition: 80, 八十, 80周岁, 2026年1月1日, 一级. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from rules import FactType, FieldSpec, Vocabulary
from rules.language.tree import Op

_DIGITS = "零一二三四五六七八九"
_PLACES = ((1000, "千"), (100, "百"), (10, "十"))
_NUMERAL = r"0-9０-９零〇一二三四五六七八九十百千万亿两"
# A small number is everywhere in a guide: it is only read as the value where its unit follows.
_SMALLEST_ALONE = 10
_SHORTEST_WORD = 2
_WORDED = 10_000
_SAME_UNIT = {
    "周岁": ("周岁", "岁"),
    "个月": ("个月", "月"),
    "天": ("天", "日"),
    "元": ("元", "块"),
    "年": ("年",),
    "个工作日": ("个工作日", "工作日"),
}
# What follows a number that counts something else: an article, a floor, a sum, a day.
_OTHER_UNIT = re.compile(
    r"[元块天日月年个条款项人次号件页章户家楼字位万千亿岁周分小份工平公级季倍%％]|[.．][0-9]|[-－:：][0-9]"
)
_RANGE = re.compile(rf"\s*(?:—+|–|~|～|至|到)\s*[{_NUMERAL}]+")
_PERIODS = {Op.WITHIN_DAYS: "天", Op.WITHIN_MONTHS: "个月"}


@dataclass(frozen=True, slots=True)
class Value:
    """A value as people read it, and how texts may write it; `counts`: a number, whose unit tells it from others."""

    words: str
    pattern: re.Pattern[str]
    unit: str = ""
    counts: bool = False
    needs_unit: bool = False

    def named_in(self, text: str) -> str:
        """Return how a text names it first, with the unit; empty where it does not."""
        return next(self._named(text), "")

    def _named(self, text: str) -> Iterator[str]:
        for found in self.pattern.finditer(text):
            tail = self._unit_after(text[found.end() :]) if self.counts else ""
            if tail is not None:
                yield f"{found[0]}{tail}"

    def _unit_after(self, tail: str) -> str | None:
        """Return what stands between the number and the end of its unit; None where another thing is counted."""
        span = _RANGE.match(tail)
        start = span.end() if span else 0
        rest = tail[start:].lstrip()
        start = len(tail) - len(rest)
        for name in _SAME_UNIT.get(self.unit, (self.unit,) if self.unit else ()):
            if rest.startswith(name):
                return tail[: start + len(name)]
        return None if self.needs_unit or _OTHER_UNIT.match(rest) else ""


def of(value: Any, *, op: str, spec: FieldSpec | None, vocabulary: Vocabulary) -> Value | None:
    """Return a value of a condition as texts write it; None for what cannot be told apart in a text."""
    if isinstance(value, bool) or spec is None:
        return None
    if op in _PERIODS and isinstance(value, int):
        return _number(Decimal(value), _PERIODS[Op(op)])
    if spec.type is FactType.INTEGER and isinstance(value, int):
        return _number(Decimal(value), spec.unit or "")
    if spec.type is FactType.MONEY and (amount := _amount(value)) is not None:
        return _number(amount, spec.unit or "元")
    if spec.type is FactType.DATE and (day := _day(value)) is not None:
        written = rf"{day.year}(?:-|/|\.|年)0?{day.month}(?:-|/|\.|月)0?{day.day}(?![0-9])"
        return Value(f"{day.year}年{day.month}月{day.day}日", re.compile(written))
    return _word(str(value), spec, vocabulary)


def numeral(number: int) -> str:
    """Return a whole number below ten thousand as it is written in Chinese: 八十, 一百零五."""
    rest, said, gap = number, "", False
    for size, name in _PLACES:
        count, rest = divmod(rest, size)
        if count:
            said += ("零" if gap else "") + _DIGITS[count] + name
            gap = False
        else:
            gap = bool(said)
    said += (("零" if gap else "") + _DIGITS[rest]) if rest or not said else ""
    return said.removeprefix("一") if said.startswith("一十") else said


def _number(value: Decimal, unit: str) -> Value | None:
    if value < 0:
        return None
    plain = f"{value.normalize():f}"
    written = {plain, f"{value.normalize():,f}"}
    if value == int(value) and value < _WORDED:
        written.add(numeral(int(value)))
    words = "|".join(re.escape(one) for one in sorted(written, key=len, reverse=True))
    pattern = rf"(?<![{_NUMERAL}.．,第〔\[\-－])(?:{words})(?:\.0+(?![0-9]))?(?![{_NUMERAL}])"
    needs_unit = value < _SMALLEST_ALONE
    return Value(f"{plain}{unit}", re.compile(pattern), unit, counts=True, needs_unit=needs_unit)


def _word(value: str, spec: FieldSpec, vocabulary: Vocabulary) -> Value | None:
    """A code by its name, a place by its name, a text as it is; one character is in every text."""
    names = {
        FactType.CODE: spec.codes or {},
        FactType.DIVISION: vocabulary.divisions,
        FactType.TEXT: {value: value},
    }
    name = names.get(spec.type, {}).get(value, "")
    return Value(name, re.compile(re.escape(name))) if len(name) >= _SHORTEST_WORD else None


def _amount(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
