"""Typed values from plain JSON, as certificates, registers, forms and examples hold them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from rules.language.values import Record, Scalar, Value
from rules.language.vocabulary import FactSpec, FactType, FieldSpec


class Unreadable(ValueError):
    """The value does not have the type its specification names."""


def value_of(raw: object, *, spec: FieldSpec) -> Value | None:
    """Return the typed value of a JSON value; None and "" say: known to be empty. Raises Unreadable."""
    if raw is None or raw == "":
        return None
    if spec.type is FactType.LIST:
        return _records(raw, spec)
    return _scalar(raw, spec)


def _records(raw: object, spec: FieldSpec) -> tuple[Record, ...]:
    fields = spec.fields if isinstance(spec, FactSpec) else None
    if not isinstance(raw, list) or fields is None:
        raise Unreadable(f"{spec.label} is not a list")
    return tuple(_record(entry, fields) for entry in raw)


def _record(entry: object, fields: Mapping[str, FieldSpec]) -> Record:
    if not isinstance(entry, dict):
        raise Unreadable("a list entry is not an object")
    return {
        name: None if entry.get(name) in (None, "") else _scalar(entry[name], spec)
        for name, spec in fields.items()
    }


def _scalar(raw: object, spec: FieldSpec) -> Scalar:
    match spec.type:
        case FactType.BOOLEAN if isinstance(raw, bool):
            return raw
        case FactType.INTEGER if isinstance(raw, int) and not isinstance(raw, bool):
            return raw
        case FactType.MONEY if isinstance(raw, str | int) and not isinstance(raw, bool):
            return _money(raw)
        case FactType.DATE if isinstance(raw, str):
            return _date(raw)
        case FactType.CODE if isinstance(raw, str) and (spec.codes is None or raw in spec.codes):
            return raw
        case FactType.TEXT | FactType.DIVISION if isinstance(raw, str):
            return raw
    raise Unreadable(f"{spec.label} is not of type {spec.type}")


def _money(raw: str | int) -> Decimal:
    try:
        amount = Decimal(raw)
    except InvalidOperation as error:
        raise Unreadable("not an amount") from error
    if not amount.is_finite():
        raise Unreadable("not an amount")
    return amount


def _date(raw: str) -> date:
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise Unreadable("not a date") from error
