"""Believing an answer or not: hit, no hit, or failed. What is not clearly one of the first two has failed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from registers import defining, mapping
from registers.calling import Reply
from registers.defining import FOUND
from registers.mapping import AnswerMap
from registers.models import Register, RegisterCall
from rules.language.invalid import InvalidTree, json_document
from rules.language.raw import Unreadable, value_of
from rules.language.vocabulary import FactSpec

Outcome = RegisterCall.Outcome


@dataclass(frozen=True, slots=True)
class Content:
    """The outcome with declared fields as JSON values; for FAILED none, and why in Chinese."""

    outcome: Outcome
    values: Mapping[str, Any]
    error: str = ""


class _Unclear(Exception):
    """The reply is neither a hit nor a clear no hit."""


def read(reply: Reply, *, register: Register) -> Content:
    """Return what a reply says. FAILED is never NO_HIT: silence and nonsense prove nothing."""
    if reply.status is None:
        return Content(Outcome.FAILED, {}, reply.error)
    try:
        return _content(reply, register)
    except _Unclear as error:
        return Content(Outcome.FAILED, {}, str(error))


def _content(reply: Reply, register: Register) -> Content:
    if reply.status not in {200, 404}:
        raise _Unclear(f"返回 {reply.status}")
    document = _document(reply.body)
    read_as = mapping.of(register.answer)
    hit = _ours(document) if read_as.hit is None else read_as.hit.read(document)
    if hit is False:
        return Content(Outcome.NO_HIT, {**register.no_hit, FOUND: False})
    if hit is not True or reply.status != 200:
        raise _Unclear("返回内容不是查到或未查到" if reply.status == 200 else "返回 404")
    return Content(Outcome.HIT, {**_values(document, register, read_as), FOUND: True})


def _ours(document: dict[str, Any]) -> bool | None:
    """Return what {"hit": …} says; a "no hit" that says more than that is not clear."""
    hit = document.get("hit")
    if hit is False and set(document) == {"hit"}:
        return False
    return True if hit is True else None


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json_document(body)
    except InvalidTree:
        raise _Unclear("返回内容无法识别") from None
    if not isinstance(document, dict):
        raise _Unclear("返回内容不是对象")
    return document


def _values(document: dict[str, Any], register: Register, read_as: AnswerMap) -> dict[str, Any]:
    """Return the declared fields, each there and of its type; what was not asked for is not taken."""
    try:
        given = mapping.at_path(document, read_as.values)
    except Unreadable:
        given = None
    if not isinstance(given, dict):
        raise _Unclear("返回内容缺少字段")
    return {
        name: _value(given, read_as, name, spec)
        for name, spec in _specs(register.name, json.dumps(register.fields)).items()
    }


def _value(given: dict[str, Any], read_as: AnswerMap, name: str, spec: FactSpec) -> object:
    try:
        found = mapping.taken(given, maps=read_as.fields, name=name, spec=spec)
        value_of(found, spec=spec)
    except KeyError:
        raise _Unclear(f"返回内容缺少字段“{spec.label}”") from None
    except Unreadable:
        raise _Unclear(f"字段“{spec.label}”的类型不对") from None
    return found


@lru_cache(maxsize=256)
def _specs(name: str, fields: str) -> dict[str, FactSpec]:
    return defining.specs(name, json.loads(fields))
