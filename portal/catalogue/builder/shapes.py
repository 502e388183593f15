"""What a form can ask of a part of a package, read off the models of the format: one description for file and page."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from certificates.types import TypeDefinition
from matters.format.package import Package
from matters.format.questions import Replacement
from matters.format.results import FieldSource
from matters.format.wording import VALUES, WORDS
from registers.defining import RegisterDefinition
from rules import Basis, FactType, FieldSpec

LONG = 200
CONDITIONS = frozenset({"condition", "when", "visible_when"})
# One of several keys says where a value comes from; each further key goes with some of them.
EITHER: dict[type[BaseModel], dict[str, tuple[str, ...]]] = {
    FieldSource: {"label": ("fact",), "otherwise": ("fact", "text")},
    Replacement: {"given": ("commitment",)},
}
# Where the format leaves a name open, the page offers what there is: (model, key) → what is offered.
OFFERED = {
    ("AskedQuestion", "prefill"): "fact",
    ("Material", "upload"): "upload",
    ("Material", "certificate_wanted"): "type",
    ("Situation", "form"): "question",
    ("Replacement", "certificate"): "type",
    ("Replacement", "register"): "register",
    ("Replacement", "given"): "question",
    ("CertificateUse", "type"): "type",
    ("RegisterUse", "register"): "register",
    ("Derivation", "of"): "fact",
    ("Derivation", "at"): "fact",
    ("ResultCertificate", "type"): "any_type",
    ("Ending", "certificate"): "any_type",
    ("FieldSource", "fact"): "fact",
    ("FieldSource", "otherwise"): "fact",
    ("FieldSource", "outcome"): "column",
    ("FactRef", "fact"): "fact",
}
SEVERAL = {("CertificateUse", "fields"): "fields", ("Check", "opens"): "opens"}
# Free-form in the format, because another floor owns the model.
OWNED: dict[tuple[str, str], Any] = {
    ("Check", "basis"): tuple[Basis, ...],
    ("Package", "certificate_types"): tuple[TypeDefinition, ...],
    ("Package", "registers"): tuple[RegisterDefinition, ...],
    ("TypeDefinition", "fields"): dict[str, FieldSpec],
    ("RegisterDefinition", "fields"): dict[str, FieldSpec],
}
_VALUES = {FactType.INTEGER: "number", FactType.DATE: "date", FactType.BOOLEAN: "yes"}
YES_NO = (("true", "是"), ("false", "否"))


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing a form asks for.

    `kind`: text, long, number, date, choice, yes, true (only yes can be said), checks, lines, pairs, part, parts,
    table, either, condition, plain, fixed.
    """

    kind: str
    title: str = ""
    hint: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    offered: str = ""
    model: type[BaseModel] | None = None
    item: Shape | None = None
    inner: tuple[tuple[str, Shape], ...] = ()
    default: Any = None


@cache
def fields_of(model: type[BaseModel]) -> tuple[tuple[str, Shape], ...]:
    """Return the keys of a model in order, each with its shape; what an edition does not keep is none of them."""
    return tuple(
        (info.alias or name, _field(model, info.alias or name, info))
        for name, info in model.model_fields.items()
        if not info.exclude
    )


def inner_of(shape: Shape) -> tuple[tuple[str, Shape], ...]:
    """Return the keys of a part, each with its shape."""
    return shape.inner or (fields_of(shape.model) if shape.model else ())


def values_of(columns: Mapping[str, FieldSpec]) -> Shape:
    """Return the shape of the values in a row of an outcome table."""
    return Shape(
        "part", "这一行给的结果", inner=tuple((name, _value(spec)) for name, spec in columns.items())
    )


def _value(spec: FieldSpec) -> Shape:
    codes = tuple((spec.codes or {}).items())
    kind = "choice" if codes else _VALUES.get(spec.type, "text")
    return Shape(kind, spec.label, f"单位：{spec.unit}" if spec.unit else "", choices=codes or YES_NO)


def shape_at(steps: tuple[str | int, ...]) -> Shape | None:
    """Return the shape at a place of a package, None where there is no such place."""
    shape: Shape | None = Shape("part", model=Package)
    for step in steps:
        if shape is None:
            return None
        if isinstance(step, int):
            shape = shape.item if shape.kind == "parts" else None
        elif shape.kind == "table":
            shape = shape.item
        else:
            shape = dict(inner_of(shape)).get(step)
    return shape


def _field(model: type[BaseModel], key: str, info: FieldInfo) -> Shape:
    place = (model.__name__, key)
    words = VALUES.get(place, {})
    title, hint = WORDS.get(model.__name__, {}).get(key, (key, ""))
    told: dict[str, Any] = {
        "title": title,
        "hint": hint,
        "required": info.is_required(),
    }
    told["default"] = None if info.is_required() else info.get_default()
    if key in CONDITIONS:
        return Shape("condition", **told)
    if place in OFFERED:
        return Shape("choice", offered=OFFERED[place], **told)
    if place in SEVERAL:
        return Shape("checks", offered=SEVERAL[place], **told)
    annotation = OWNED.get(place, info.annotation)
    longest = next((mark.max_length for mark in info.metadata if hasattr(mark, "max_length")), 0)
    return _of(annotation, told, words, longest or 0)


def _of(annotation: Any, told: dict[str, Any], words: dict[str, str], longest: int) -> Shape:
    annotation, longest = _plain(annotation, longest)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        item = _of(inner[0], {}, words, 0)
        if item.kind == "choice" and item.choices:
            return Shape("checks", choices=item.choices, **told)
        return Shape("lines", **told) if item.kind in {"text", "long"} else Shape("parts", item=item, **told)
    if origin is dict:
        value = _plain(inner[1], 0)[0]
        if isinstance(value, type) and issubclass(value, BaseModel):
            return Shape("table", item=_of(value, {}, {}, 0), **told)
        return Shape("pairs" if value is str else "plain", **told)
    if origin is Literal:
        return _literal(inner, told, words)
    return _simple(annotation, told, words, longest)


def _literal(inner: tuple[Any, ...], told: dict[str, Any], words: dict[str, str]) -> Shape:
    if inner == (True,):
        return Shape("true", choices=YES_NO, **told)
    if not all(isinstance(one, str) for one in inner):
        return Shape("fixed", **told)
    return Shape("choice", choices=tuple((one, words.get(one, one)) for one in inner), **told)


def _simple(annotation: Any, told: dict[str, Any], words: dict[str, str], longest: int) -> Shape:
    if not isinstance(annotation, type):
        return Shape("plain", **told)
    if issubclass(annotation, BaseModel):
        return Shape("either" if annotation in EITHER else "part", model=annotation, **told)
    if issubclass(annotation, StrEnum):
        return Shape(
            "choice", choices=tuple((str(one), words.get(str(one), str(one))) for one in annotation), **told
        )
    if annotation is bool:
        return Shape("yes", choices=YES_NO, **told)
    if annotation is str:
        return Shape("long" if longest >= LONG else "text", **told)
    return Shape({int: "number", date: "date"}.get(annotation, "plain"), **told)


def _plain(annotation: Any, longest: int) -> tuple[Any, int]:
    """Return the type behind Annotated and `| None`, with the longest text it takes."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *marks = get_args(annotation)
            for mark in marks:
                found = [
                    part.max_length
                    for part in (mark, *getattr(mark, "metadata", ()))
                    if getattr(part, "max_length", None)
                ]
                longest = found[0] if found else longest
        elif get_origin(annotation) in {Union, types.UnionType}:
            parts = [part for part in get_args(annotation) if part is not type(None)]
            if len(parts) != 1:
                return annotation, longest
            annotation = parts[0]
        else:
            return annotation, longest
