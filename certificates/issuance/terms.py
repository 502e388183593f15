"""What a type allows a certificate to say of itself: who issues it, and until when it is valid."""

from __future__ import annotations

import calendar
from datetime import MAXYEAR, date, timedelta

from django.db.models import Q, QuerySet

from certificates.errors import InvalidFields
from certificates.models import CertificateType

DEFINER = 18  # a type's code begins with the credit code of the body that defined it (GB/T 36904)


def issuers_of(kind: CertificateType) -> tuple[str, ...]:
    """Return the credit codes of who may issue a type: whom it names, else only the body that defined it."""
    return tuple(kind.issuers) or (kind.code[:DEFINER],)


def types_of(code: str) -> QuerySet[CertificateType]:
    """Return the types a body may issue, by name: what `issuers_of` says, asked of the database."""
    mine = Q(issuers__contains=code) | Q(issuers=[], code__startswith=code)
    return CertificateType.objects.filter(mine).order_by("name")


def check_issuer(kind: CertificateType, *, code: str) -> None:
    """Raise InvalidFields for a body that does not issue this type."""
    if code not in issuers_of(kind):
        raise InvalidFields({"issuer": f"{kind.name}不由这个机关签发"})


def last_day(kind: CertificateType, *, valid_from: date, asked: date | None) -> date | None:
    """Return the last valid day, None for 长期: derived where the type fixes the term; raises InvalidFields.

    Beginning on 20 November, a term of five years ends with 19 November (行政许可法 art. 50: 有效期届满).
    """
    rule = kind.validity.get("rule", "given")
    if asked is not None and asked < valid_from:
        raise InvalidFields({"valid_until": "到期日不能早于开始的那天"})
    if rule == "given":
        return asked
    if rule == "forever":
        if asked is not None:
            raise InvalidFields({"valid_until": f"{kind.name}长期有效，没有到期日"})
        return None
    return _within(kind, longest(kind, valid_from=valid_from), asked)


def longest(kind: CertificateType, *, valid_from: date) -> date:
    """Return the last day of the term a type has, or of the longest it can have."""
    years, months = kind.validity.get("years", 0), kind.validity.get("months", 0)
    return _later(valid_from, months=12 * years + months) - timedelta(days=1)


def _within(kind: CertificateType, longest_day: date, asked: date | None) -> date:
    if kind.validity["rule"] == "term":
        if asked not in {None, longest_day}:
            raise InvalidFields({"valid_until": f"{kind.name}的有效期是规定的，应到 {longest_day} 为止"})
        return longest_day
    if asked is None or asked > longest_day:
        raise InvalidFields({"valid_until": f"{kind.name}要有到期日，最晚到 {longest_day}"})
    return asked


def _later(day: date, *, months: int) -> date:
    """Return the same day so many months later; where a month has no such day, the first of the next."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year >= MAXYEAR:
        raise InvalidFields({"valid_from": "日期太晚，请核对年份"})
    if day.day <= calendar.monthrange(year, month + 1)[1]:
        return day.replace(year=year, month=month + 1)
    return date(year, month + 1, 1) + timedelta(days=calendar.monthrange(year, month + 1)[1])
