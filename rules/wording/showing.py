"""Values as people read them: labels for codes and divisions, 元 for money, masks for personal ones."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from rules.language.comparing import significant
from rules.language.values import SourceKind, UnknownReason
from rules.language.vocabulary import FactType, FieldSpec, Vocabulary

Shower: TypeAlias = Callable[[Any], str]

_LONGEST = 60
_NUMBER = re.compile(r"[0-9A-Za-z]{15,}", re.ASCII)
_MOBILE = re.compile(r"1[0-9]{10}", re.ASCII)
_COUNTY = 6
_SHORT_NAME = 4

REASON_TEXTS = {
    UnknownReason.NOT_HELD: "未持有",
    UnknownReason.EXPIRED: "已过期",
    UnknownReason.REVOKED: "已失效",
    UnknownReason.UNAUTHORISED: "未授权",
    UnknownReason.UNREACHABLE: "数据源未响应",
    UnknownReason.AMBIGUOUS: "有多个候选，无法确定",
    UnknownReason.NOT_ASKED: "未填写",
    UnknownReason.UNREADABLE: "数据无法识别",
}
_NOWHERE_FOUND = {SourceKind.CERTIFICATE: "证照库里没有", SourceKind.REGISTER: "没有查到记录"}
_ASKED_OF_PEOPLE = {SourceKind.FORM, SourceKind.APPLICANT}


def reason_text(reason: UnknownReason | None, kind: SourceKind = SourceKind.FORM) -> str:
    """Return in Chinese why a fact is unknown; what was not asked of a person was not looked up (未查询).

    A certificate that is "not held" may lie at home on paper: all we know is that the store has none.
    """
    if reason is UnknownReason.NOT_HELD and kind in _NOWHERE_FOUND:
        return _NOWHERE_FOUND[kind]
    if reason is UnknownReason.NOT_ASKED and kind not in _ASKED_OF_PEOPLE:
        return "未查询到"
    return REASON_TEXTS.get(reason, "未能核实") if reason else "未能核实"


def masked(text: str) -> str:
    """Return text with the identifying middle starred: 440507********9980, 138****1234, 陈*英."""
    if _NUMBER.fullmatch(text):
        return f"{text[:6]}{'*' * (len(text) - 10)}{text[-4:]}"
    if _MOBILE.fullmatch(text):
        return f"{text[:3]}****{text[-4:]}"
    if len(text) > _SHORT_NAME:
        return f"{text[:3]}****"
    return f"{text[:1]}{'*' * max(len(text) - 2, 1)}{text[-1:] if len(text) > 2 else ''}"


def shower(spec: FieldSpec, *, vocabulary: Vocabulary, mask: bool = True) -> Shower:
    """Return the function that shows a readable value; personal ones are masked unless told not to."""
    if spec.personal and mask:
        return _masking(spec, vocabulary)
    unit = spec.unit
    if spec.type is FactType.DATE:
        return date_text
    if spec.type is FactType.INTEGER:
        return lambda value: f"{value}{unit}"
    if spec.type is FactType.MONEY:
        return lambda value: f"{money_text(value)}{unit or '元'}"
    return _wordy(spec, vocabulary)


def _wordy(spec: FieldSpec, vocabulary: Vocabulary) -> Shower:
    if spec.type is FactType.BOOLEAN:
        yes, no = spec.true_text or "是", spec.false_text or "否"
        return lambda value: yes if value else no
    if spec.type is FactType.CODE:
        codes = spec.codes or {}
        return lambda value: str(codes.get(value, value))
    if spec.type is FactType.DIVISION:
        names = (spec.codes or {}) | vocabulary.divisions
        return lru_cache(maxsize=1024)(lambda value: division_text(value, names=names))
    if spec.type is FactType.LIST:
        unit = spec.unit or "条"
        return lambda value: f"共{len(value)}{unit}"
    return shortened


def _masking(spec: FieldSpec, vocabulary: Vocabulary) -> Shower:
    if spec.type is FactType.TEXT:
        return masked
    if spec.type is FactType.DATE:
        return lambda value: f"{value.year}年{value.month}月"
    if spec.type is FactType.DIVISION:
        names = (spec.codes or {}) | vocabulary.divisions
        return lambda value: division_text(value[:_COUNTY], names=names)
    if spec.type is FactType.LIST:
        return shower(spec, vocabulary=vocabulary, mask=False)
    return lambda _value: "****"


def money_text(value: Decimal) -> str:
    """Return money as it is said: 100, else with two decimals (100.50), more only where it has more."""
    if value == value.to_integral_value():
        return f"{value:.0f}"
    exponent = value.as_tuple().exponent
    return f"{value:f}" if isinstance(exponent, int) and exponent < -2 else f"{value:.2f}"


def date_text(value: date) -> str:
    """Return a day as a sentence says it: 2026年11月21日."""
    return f"{value.year}年{value.month}月{value.day}日"


def division_text(code: str, *, names: dict[str, str]) -> str:
    """Return the name of a division, else of the nearest area above it with the code, else the code."""
    plain = significant(code)
    for level in (12, 9, 6, 4, 2):
        area = plain[:level]
        if len(area) == level and (name := names.get(area) or names.get(area.ljust(6, "0"))):
            return name if area == plain else f"{name}（{code}）"
    return names.get(code, code)


def shortened(text: str) -> str:
    """Return text short enough for a table cell."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
