"""What stands on a certificate's paper: every field in words, none masked, in the order of its card."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from certificates import schemas
from certificates.models import Certificate
from common import divisions
from rules.language.raw import value_of
from rules.language.vocabulary import FactSpec, FactType, FieldSpec, Vocabulary
from rules.wording.showing import date_text, shower

HALF_A_ROW = 22  # letters of half a Han character's width that stand beside another field


def certificate(found: Certificate) -> dict[str, Any]:
    """Return the words of a certificate's paper."""
    specs = schemas.of_version(found.type, found.schema_version)
    given = {name: found.fields[name] for name in specs if found.fields.get(name) not in (None, "", [])}
    flat = [
        (spec.label, words(given[name], spec))
        for name, spec in specs.items()
        if name in given and spec.type is not FactType.LIST
    ]
    return {
        "title": found.type.name,
        "number": found.number,
        "version": found.version,
        "issuer": found.issuer_name,
        "day": date_text(found.issued_on),
        "identifier": found.identifier,
        "rows": [_row(label, text) for label, text in [*_holder(found, flat), *flat, _validity(found)]],
        "lists": [
            _list(spec, given[name]) for name, spec in specs.items() if name in given and _is_list(spec)
        ],
    }


def words(raw: object, spec: FactSpec | FieldSpec) -> str:
    """Return a field's value as its paper shows it: whole, whatever its length."""
    if spec.type is FactType.DIVISION:
        return divisions.local_name(str(raw), home=settings.DIVISION)
    if spec.type is FactType.TEXT:
        return str(raw)
    return shower(spec, vocabulary=Vocabulary(), mask=False)(value_of(raw, spec=spec))


def _is_list(spec: FactSpec) -> bool:
    return spec.type is FactType.LIST


def _holder(found: Certificate, rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Name the holder where no field does."""
    holder = found.holder_person or found.holder_organisation
    assert holder is not None
    return [] if any(text == holder.name for _, text in rows) else [("持证主体", holder.name)]


def _validity(found: Certificate) -> tuple[str, str]:
    until = date_text(found.valid_until) if found.valid_until else "长期"
    return "有效期限", f"{date_text(found.valid_from)}至{until}"


def _row(label: str, text: str) -> dict[str, Any]:
    return {"label": label, "value": text, "long": _width(text) > HALF_A_ROW}


def _list(spec: FactSpec, items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    columns = spec.fields or {}
    rows = [
        [words(item[name], one) if item.get(name) not in (None, "") else "" for name, one in columns.items()]
        for item in items
    ]
    return {"label": spec.label, "columns": [one.label for one in columns.values()], "rows": rows}


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
