"""What a posted form makes of a part of a package. Pure.

A form may hold less than its part: what was not drawn is kept as it was, so no page can lose what another one wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from portal.catalogue.builder import building, posting
from portal.catalogue.builder.parts import MOST_ITEMS, join, listed
from portal.catalogue.builder.posting import Posted
from portal.catalogue.builder.shapes import EITHER, Shape, fields_of, inner_of
from rules import FactSpec

ABSENT: Any = object()
_WHOLE = re.compile(r"-?\d{1,12}", re.ASCII)
_TEXTS = frozenset({"text", "long", "date", "choice"})


def read(shape: Shape, form: Posted, *, name: str, old: Any, facts: Mapping[str, FactSpec]) -> Any:
    """Return what a form says of a part, ABSENT where nothing is to stand; what was not drawn stays as it was."""
    if (deeper := _DEEPER.get(shape.kind)) is not None:
        return deeper(shape, form, name, old, facts)
    if shape.kind == "checks":
        return _read_checks(shape, form, name, old)
    if name not in form or shape.kind == "fixed":
        return old
    return _read_text(shape, posting.one(form, name).replace("\r\n", "\n").strip(), old)


def _read_text(shape: Shape, text: str, old: Any) -> Any:
    if shape.kind in {"lines", "pairs"}:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if not lines and not shape.required and old is ABSENT:
            return ABSENT
        return lines if shape.kind == "lines" else dict(_pair(line) for line in lines)
    if not text:
        return "" if (shape.required or old == "") and shape.kind in _TEXTS else ABSENT
    value = _value(shape, text)
    if value is False and shape.kind == "true":
        return ABSENT
    usual = shape.default == value and type(shape.default) is type(value)
    return ABSENT if usual and old is ABSENT else value


def _value(shape: Shape, text: str) -> Any:
    if shape.kind in {"yes", "true"} and text in {"true", "false"}:
        return text == "true"
    if shape.kind == "number" and _WHOLE.fullmatch(text):
        return int(text)
    if shape.kind == "plain":
        return building.from_json(text)
    return text


def _pair(line: str) -> tuple[str, str]:
    key, _, value = line.partition("=")
    return key.strip(), value.strip()


def _read_part(shape: Shape, form: Posted, name: str, old: Any, facts: Mapping[str, FactSpec]) -> Any:
    held = old if isinstance(old, dict) else {}
    if not any(key.startswith(f"{name}." if name else "") for key in form):
        return old
    found = dict(held)
    for key, inner in inner_of(shape):
        value = read(inner, form, name=join(name, key), old=held.get(key, ABSENT), facts=facts)
        if value is ABSENT:
            found.pop(key, None)
        else:
            found[key] = value
    return found


def _read_either(shape: Shape, form: Posted, name: str, old: Any, facts: Mapping[str, FactSpec]) -> Any:
    if f"{name}:which" not in form:
        return old
    assert shape.model is not None
    held = old if isinstance(old, dict) else {}
    chosen, extras = posting.one(form, f"{name}:which"), EITHER[shape.model]
    found: dict[str, Any] = {}
    for key, inner in fields_of(shape.model):
        if key != chosen and chosen not in extras.get(key, ()):
            continue
        value = (
            True
            if inner.kind == "true" and key == chosen
            else read(inner, form, name=f"{name}.{key}", old=held.get(key, ABSENT), facts=facts)
        )
        if value is not ABSENT:
            found[key] = value
        elif key == chosen:
            found[key] = ""
    return found


def _read_items(shape: Shape, form: Posted, name: str, old: Any, facts: Mapping[str, FactSpec]) -> Any:
    if f"{name}:n" not in form:
        return old
    assert shape.item is not None
    table = shape.kind == "table"
    before: list[tuple[Any, Any]] = (
        list(old.items()) if table and isinstance(old, dict) else list(enumerate(listed(old)))
    )
    count = min(posting.number(posting.one(form, f"{name}:n")), MOST_ITEMS)
    found = []
    for at in range(count):
        key, item = before[at] if at < len(before) else ("", ABSENT)
        value = read(shape.item, form, name=f"{name}[{at}]", old=item, facts=facts)
        found.append(
            (posting.one(form, f"{name}[{at}]:key").strip() or str(key), {} if value is ABSENT else value)
        )
    found += [(str(key), item) for key, item in before[max(count, MOST_ITEMS) :]]
    if not found and old is ABSENT:
        return ABSENT
    return _keyed(found) if table else [value for _, value in found]


def _keyed(found: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return entries by key; a key written twice gets a sign, so that neither entry is lost."""
    keyed: dict[str, Any] = {}
    for wanted, value in found:
        key = wanted
        while key in keyed:
            key = f"{key}_2"
        keyed[key] = value
    return keyed


def _read_condition(shape: Shape, form: Posted, name: str, old: Any, facts: Mapping[str, FactSpec]) -> Any:
    if f"{name}:kind" not in form:
        return old
    tree = building.closed(posting.posted(form, name=name, facts=facts), facts=facts)
    if tree is not None:
        return tree
    return {} if shape.required else ABSENT


def _read_checks(shape: Shape, form: Posted, name: str, old: Any) -> Any:
    if f"{name}:shown" not in form:
        return old
    chosen = list(dict.fromkeys(text for text in form.get(name, ()) if text))
    kept = [one for one in listed(old) if one in chosen]
    found = kept + [one for one in chosen if one not in kept]
    return ABSENT if not found and old is ABSENT and not shape.required else found


_DEEPER: dict[str, Callable[[Shape, Posted, str, Any, Mapping[str, FactSpec]], Any]] = {
    "part": _read_part,
    "either": _read_either,
    "parts": _read_items,
    "table": _read_items,
    "condition": _read_condition,
}
