"""Comparing one typed value: reading what facts hold, typing a condition's constants, and the operators."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeAlias

from rules.language.derived import months_after
from rules.language.tree import CHOICE_OPS, MAX_WHOLE, ORDER_OPS, PERIOD_OPS, PRESENCE_OPS, Op
from rules.language.values import Scalar
from rules.language.versions import Language
from rules.language.vocabulary import FactType, FieldSpec

Reader: TypeAlias = Callable[[Any], Any]
# None: it cannot be told (a division known only more coarsely than asked).
Test: TypeAlias = Callable[[Any, Any], bool | None]

_LEVELS = (2, 4, 6, 9, 12)
_DIVISION = re.compile(r"(?:\d{2}|\d{4}|\d{6}|\d{9}|\d{12})", re.ASCII)
_MONEY = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

_ORDERED = ORDER_OPS | PRESENCE_OPS
_CHOSEN = frozenset({Op.EQ, Op.NE}) | CHOICE_OPS | PRESENCE_OPS
OPS_OF: Mapping[FactType, frozenset[Op]] = {
    FactType.TEXT: _CHOSEN | {Op.CONTAINS, Op.STARTS_WITH, Op.SAME_AS},
    FactType.INTEGER: _ORDERED | CHOICE_OPS,
    FactType.MONEY: _ORDERED | CHOICE_OPS,
    FactType.DATE: _ORDERED | CHOICE_OPS | PERIOD_OPS,
    FactType.BOOLEAN: frozenset({Op.EQ, Op.NE}) | PRESENCE_OPS,
    FactType.CODE: _CHOSEN,
    FactType.DIVISION: _CHOSEN | {Op.WITHIN},
    FactType.LIST: PRESENCE_OPS,
}


class WrongValue(ValueError):
    """A constant that does not fit the type of its fact; `message` is Chinese."""

    def __init__(self, message: str) -> None:
        """Keep the message apart from the exception's own text."""
        self.message = message
        super().__init__(message)


def operators(kind: FactType, *, rules: Language) -> frozenset[Op]:
    """Return what one version of the language lets be said about a type."""
    return OPS_OF[kind] & rules.ops


@lru_cache(maxsize=4096)
def significant(code: str) -> str:
    """Return a division code without the zeros that fill lower levels: 440500000000 is 4405."""
    return next(code[:level] for level in _LEVELS if not code[level:].strip("0"))


def division_within(code: str, area: str) -> bool | None:
    """Tell whether a significant code lies at or below an area; None when it is known only above the area."""
    if code.startswith(area):
        return True
    return None if area.startswith(code) else False


def reader(spec: FieldSpec) -> Reader:
    """Return the function that gives a value in the form it is compared in, None where it does not fit."""
    if spec.type is FactType.CODE and spec.codes:
        codes = spec.codes
        return lambda value: value if type(value) is str and value in codes else None
    return _READERS[spec.type]


def _read_text(value: object) -> str | None:
    return value if type(value) is str else None


def _read_integer(value: object) -> int | None:
    return value if type(value) is int and -MAX_WHOLE <= value <= MAX_WHOLE else None


def _read_money(value: object) -> Decimal | None:
    if type(value) is not Decimal or not value.is_finite() or value.adjusted() > 15:
        return None
    exponent = value.as_tuple().exponent
    return value if isinstance(exponent, int) and exponent >= -6 else None


def _read_date(value: object) -> date | None:
    return value if type(value) is date else None


def _read_boolean(value: object) -> bool | None:
    return value if type(value) is bool else None


def _read_division(value: object) -> str | None:
    return significant(value) if type(value) is str and _DIVISION.fullmatch(value) else None


def _read_list(value: object) -> object:
    return value if isinstance(value, tuple | list) else None


_READERS: Mapping[FactType, Reader] = {
    FactType.TEXT: _read_text,
    FactType.INTEGER: _read_integer,
    FactType.MONEY: _read_money,
    FactType.DATE: _read_date,
    FactType.BOOLEAN: _read_boolean,
    FactType.CODE: _read_text,
    FactType.DIVISION: _read_division,
    FactType.LIST: _read_list,
}


def constant(raw: object, *, spec: FieldSpec) -> Scalar:
    """Return a constant as JSON writes it in the type of its fact; raises WrongValue."""
    kind = spec.type
    if kind is FactType.MONEY:
        return _money(raw)
    if kind is FactType.DATE:
        return _date(raw)
    value = reader(spec)(raw)
    if value is None or kind is FactType.LIST:
        raise WrongValue(_refusal(raw, spec))
    return raw if kind is FactType.DIVISION else value  # type: ignore[return-value]


def _money(raw: object) -> Decimal:
    if type(raw) is int and -MAX_WHOLE <= raw <= MAX_WHOLE:
        return Decimal(raw)
    if type(raw) is not str or not _MONEY.fullmatch(raw):
        raise WrongValue("金额应写成 100.00 的样子（写 JSON 的，加引号）")
    try:
        return Decimal(raw)
    except InvalidOperation:
        raise WrongValue("金额写法不对") from None


def _date(raw: object) -> date:
    try:
        if type(raw) is str and _DATE.fullmatch(raw):
            return date.fromisoformat(raw)
    except ValueError:
        pass
    raise WrongValue("日期应写成 2026-11-20 的样子")


_SHOULD_BE = {
    FactType.TEXT: "文字",
    FactType.INTEGER: "整数",
    FactType.BOOLEAN: "true 或 false",
    FactType.CODE: "代码（文字）",
    FactType.DIVISION: "2、4、6、9 或 12 位区划代码",
}


def _refusal(raw: object, spec: FieldSpec) -> str:
    if spec.type is FactType.CODE and type(raw) is str:
        return f"“{spec.label}”的代码表里没有“{raw}”"
    return f"“{spec.label}”的值应为{_SHOULD_BE.get(spec.type, '其他类型')}"


def _within(value: str, areas: tuple[str, ...] | str) -> bool | None:
    if isinstance(areas, str):
        return division_within(value, areas)
    answers = [division_within(value, area) for area in areas]
    return True if True in answers else None if None in answers else False


# Each negative operator is its positive one turned round, so that the two can never disagree.
NEGATIVE: Mapping[Op, Op] = {Op.NE: Op.EQ, Op.NOT_IN: Op.IN, Op.ABSENT: Op.PRESENT}
TESTS: Mapping[Op, Test] = {
    Op.EQ: operator.eq,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
    Op.IN: lambda value, given: value in given,
    Op.WITHIN: _within,
    Op.CONTAINS: operator.contains,
    Op.STARTS_WITH: lambda value, given: value.startswith(given),
    Op.SAME_AS: operator.eq,
}
FLIPPED: Mapping[Op, Op] = {
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.LE: Op.GT,
    Op.GT: Op.LE,
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.IN: Op.NOT_IN,
    Op.NOT_IN: Op.IN,
    Op.PRESENT: Op.ABSENT,
    Op.ABSENT: Op.PRESENT,
}


def compared(value: Any, *, op: Op, kind: FactType, rules: Language) -> Any:
    """Return a constant (or a tuple of them) in the form readers give: normalised text, significant codes."""
    if isinstance(value, tuple):
        return tuple([compared(part, op=op, kind=kind, rules=rules) for part in value])
    if op is Op.SAME_AS:
        return rules.normalised(value)
    return significant(value) if kind is FactType.DIVISION else value


def in_period(op: Op, day: date, *, length: int, until: date) -> bool:
    """Tell whether a day lies in the last so many days or months up to another; both ends are in it (民法典 1259)."""
    if day > until:
        return False
    if op is Op.WITHIN_DAYS:
        return until - day <= timedelta(days=length)
    return months_after(day, length) >= until
