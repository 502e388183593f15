"""Typed values as plain JSON: what goes into a certificate, a decision or a question to a register."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rules.language.values import Value


def plain(value: Value | None) -> object:
    """Return money and dates as text, lists as lists, everything else as it is."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [{name: plain(part) for name, part in record.items()} for record in value]
    return value
