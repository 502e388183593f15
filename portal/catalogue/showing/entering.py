"""The facts of a trial as a form: one line a fact, a value or the reason why there is none; and back into facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from matters.editions import Compiled
from matters.forms import reading
from rules import FactSpec, FactType, FieldSpec, SourceKind, UnknownReason, reason_text
from rules.language.raw import Unreadable, value_of

MOST_RECORDS = 12
_OUTSIDE = (UnknownReason.NOT_HELD, UnknownReason.UNREACHABLE, UnknownReason.UNREADABLE)
_REASONS = {
    SourceKind.CERTIFICATE: (
        UnknownReason.NOT_HELD,
        UnknownReason.EXPIRED,
        UnknownReason.REVOKED,
        UnknownReason.UNAUTHORISED,
        UnknownReason.AMBIGUOUS,
        UnknownReason.UNREADABLE,
    ),
    SourceKind.REGISTER: _OUTSIDE,
}
_ASKED = (UnknownReason.NOT_ASKED, UnknownReason.UNREADABLE)
_MODES = {FactType.INTEGER: "numeric", FactType.MONEY: "decimal", FactType.DATE: "numeric"}
_WRONG = {
    FactType.INTEGER: "请填整数，例如 3",
    FactType.MONEY: "请填金额，例如 100.50",
    FactType.DATE: "请填日期，例如 1946-11-20",
}


@dataclass(frozen=True, slots=True)
class Box:
    """One control; with options it is a list to choose from."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    mode: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: its boxes (a list has a row of them for each record), the reasons it may be unknown, what is wrong."""

    name: str
    label: str
    boxes: tuple[Box, ...]
    records: tuple[tuple[Box, ...], ...]
    reasons: tuple[tuple[str, str], ...]
    reason: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """What was posted: facts as an example writes them, and what is wrong by fact name."""

    raw: Mapping[str, Any]
    errors: Mapping[str, str] = field(default_factory=dict)


def lines(
    specs: Mapping[str, FactSpec],
    raw: Mapping[str, Any],
    *,
    compiled: Compiled,
    errors: Mapping[str, str],
) -> list[tuple[str, list[Line]]]:
    """Return the form by source; a fact nobody gave is one that was not asked."""
    groups: dict[str, list[Line]] = {}
    for name, spec in specs.items():
        value = raw.get(name, {"unknown": UnknownReason.NOT_ASKED.value})
        line = _line(spec, value, compiled=compiled, error=errors.get(name, ""))
        groups.setdefault(spec.source_label, []).append(line)
    return list(groups.items())


def entered(specs: Mapping[str, FactSpec], posted: Mapping[str, str]) -> Entered:
    """Return the facts of a posted form."""
    raw: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, spec in specs.items():
        reason = posted.get(f"u.{name}", "")
        if reason in set(UnknownReason):
            raw[name] = {"unknown": reason}
            continue
        try:
            raw[name] = _given(name, spec, posted)
        except (Unreadable, reading.Unreadable, ValueError):
            errors[name] = _WRONG.get(spec.type, "这里填的内容读不懂，请重新填写")
            raw[name] = posted.get(f"v.{name}", "")
    return Entered(raw, errors)


def _given(name: str, spec: FactSpec, posted: Mapping[str, str]) -> Any:
    if spec.type is not FactType.LIST:
        return _plain(posted.get(f"v.{name}", ""), spec)
    records = []
    for at in range(MOST_RECORDS):
        texts = {key: posted.get(f"v.{name}.{at}.{key}", "") for key in spec.fields or {}}
        if any(text.strip() for text in texts.values()):
            records.append({key: _plain(texts[key], inner) for key, inner in (spec.fields or {}).items()})
    return records


def _plain(text: str, spec: FieldSpec) -> Any:
    """Return a typed text as an example writes it; nothing is None: known to be empty."""
    text = text.strip()
    if not text:
        return None
    value: Any = text
    if spec.type is FactType.BOOLEAN:
        value = {"true": True, "false": False}.get(text, text)
    elif spec.type is FactType.INTEGER:
        value = reading.read_integer(text, label=spec.label)
    elif spec.type is FactType.DATE:
        value = reading.read_date(text, label=spec.label, not_after=None).isoformat()
    elif spec.type is FactType.MONEY:
        value = str(reading.read_money(text, label=spec.label))
    value_of(value, spec=spec)
    return value


def _line(spec: FactSpec, value: Any, *, compiled: Compiled, error: str) -> Line:
    reason = str(value["unknown"]) if isinstance(value, dict) else ""
    known = None if reason else value
    records: tuple[tuple[Box, ...], ...] = ()
    boxes: tuple[Box, ...] = ()
    if spec.type is FactType.LIST:
        records = tuple(_records(spec, known if isinstance(known, list) else [], compiled))
    else:
        boxes = (_box(f"v.{spec.name}", spec, known, compiled),)
    return Line(spec.name, spec.label, boxes, records, tuple(_reasons(spec, reason)), reason, error)


def _records(spec: FactSpec, records: list[Any], compiled: Compiled) -> Iterator[tuple[Box, ...]]:
    """Yield the boxes of each record, and of an empty one to add another."""
    for at, record in enumerate([*records, {}][:MOST_RECORDS]):
        yield tuple(
            _box(f"v.{spec.name}.{at}.{key}", inner, record.get(key), compiled)
            for key, inner in (spec.fields or {}).items()
        )


def _box(name: str, spec: FieldSpec, value: Any, compiled: Compiled) -> Box:
    text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    options = tuple(_options(spec, text, compiled))
    unit = spec.unit or ("元" if spec.type is FactType.MONEY else "")
    return Box(name, spec.label, text, options, _MODES.get(spec.type, ""), unit)


def _options(spec: FieldSpec, chosen: str, compiled: Compiled) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    if spec.type is FactType.BOOLEAN:
        found = {"true": spec.true_text or "是", "false": spec.false_text or "否"}
    elif spec.type is FactType.CODE and spec.codes:
        found = spec.codes
    elif spec.type is FactType.DIVISION:
        found = _divisions(compiled.vocabulary.divisions, chosen)
    if found:
        yield "", "（空）"
        yield from found.items()


def _divisions(names: Mapping[str, str], chosen: str) -> dict[str, str]:
    """Return this city's places, one elsewhere, and the one that is chosen."""
    here = settings.DIVISION[:4]
    found = {code: name for code, name in names.items() if code.startswith(here)}
    other = next((code for code in names if len(code.rstrip("0")) == 6 and not code.startswith(here)), "")
    for code in (other, chosen):
        if code:
            found.setdefault(code, names.get(code, code))
    return found


def _reasons(spec: FactSpec, chosen: str) -> Iterator[tuple[str, str]]:
    kind = spec.source_kind
    known = _REASONS.get(kind, _ASKED)
    for reason in UnknownReason:
        if reason in known or reason == UnknownReason.NOT_ASKED or reason.value == chosen:
            yield reason.value, reason_text(reason, kind)
