"""Certificate numbers from patterns such as `LH{year}{serial:8}`; serials without gaps in committed work."""

from __future__ import annotations

import re
import secrets
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from django.db import connection

from certificates.models import NumberSeries
from common.errors import DomainError
from common.statements.planned import Planned

_PLACE = re.compile(r"\{(year|month|day|serial:[1-9][0-9]?|random:[1-9][0-9]?)\}")
_LITERAL = re.compile(r"[^{}\s]*")
_SERIAL = re.compile(r"\{serial:([0-9]+)\}")
ALPHABET = string.digits + string.ascii_uppercase
LONGEST = 60
# Rows in one order, so that two batches that draw from the same series cannot wait for each other.
_DRAW = Planned("""
INSERT INTO certificates_numberseries (name, last)
SELECT * FROM unnest(%s::text[], %s::bigint[]) AS wanted(name, amount) ORDER BY 1
ON CONFLICT (name) DO UPDATE SET last = certificates_numberseries.last + EXCLUDED.last
RETURNING name, last
""")


class SeriesExhausted(DomainError):
    """The pattern has no room for another serial."""

    message = "证照编号已经用完，请管理员调整编号规则。"


def problem(pattern: str) -> str | None:
    """Return in Chinese what is wrong with a pattern, or None."""
    if not _LITERAL.fullmatch(_PLACE.sub("", pattern)):
        return "编号规则里只能用 {year}、{month}、{day}、{serial:位数}、{random:位数}，不能有空格"
    if len(_SERIAL.findall(pattern)) != 1:
        return "编号规则里要有一个 {serial:位数}"
    if len(_filled(pattern, on=date(2000, 1, 1), serial="")) > LONGEST - 20:
        return "编号规则过长"
    return None


def numbers(patterns: Sequence[tuple[str, str]], *, on: date) -> list[str]:
    """Return a new number for each (type code, pattern): one statement, and the series are locked till commit."""
    for _, pattern in patterns:
        if fault := problem(pattern):
            raise ValueError(f"{pattern}: {fault}")
    series = [f"{code}/{_dated(pattern, on=on)}" for code, pattern in patterns]
    serials = _draw(Counter(series))
    return [
        _filled(pattern, on=on, serial=_padded(pattern, next(serials[name])))
        for name, (_, pattern) in zip(series, patterns, strict=True)
    ]


def upcoming(code: str, pattern: str, *, on: date) -> str:
    """Return what the next number of a series would be; nothing is drawn. Empty for a wrong or used-up pattern."""
    if problem(pattern):
        return ""
    name = f"{code}/{_dated(pattern, on=on)}"
    last = NumberSeries.objects.filter(name=name).values_list("last", flat=True).first() or 0
    try:
        return _filled(pattern, on=on, serial=_padded(pattern, last + 1))
    except SeriesExhausted:
        return ""


def random_text(length: int) -> str:
    """Return digits and capitals nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _draw(wanted: Counter[str]) -> dict[str, Iterator[int]]:
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, [list(wanted), list(wanted.values())])
        return {name: iter(range(last - wanted[name] + 1, last + 1)) for name, last in cursor.fetchall()}


def _padded(pattern: str, serial: int) -> str:
    (width,) = _SERIAL.findall(pattern)
    text = f"{serial:0{int(width)}d}"
    if len(text) > int(width):
        raise SeriesExhausted
    return text


def _dated(pattern: str, *, on: date) -> str:
    parts = {"{year}": f"{on:%Y}", "{month}": f"{on:%m}", "{day}": f"{on:%d}"}
    for place, text in parts.items():
        pattern = pattern.replace(place, text)
    return pattern


def _filled(pattern: str, *, on: date, serial: str) -> str:
    def fill(match: re.Match[str]) -> str:
        kind, _, width = match.group(1).partition(":")
        return serial if kind == "serial" else random_text(int(width))

    return _PLACE.sub(fill, _dated(pattern, on=on))
