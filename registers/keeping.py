"""Answers used again for as long as their register allows: sealed, under a keyed hash, for the same question only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import redis

from common import clock
from common.redis import attempt
from records.encrypting import envelope
from records.hashing import HashKind, keyed
from registers.answering import Content, Outcome
from registers.models import Register


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer given before, and when."""

    content: Content
    at: datetime


def address(register: Register, key: Mapping[str, Any]) -> str:
    """Return where the answer to a question is kept; no part of the question can be read from it.

    Whoever changes what the register's answers mean asks anew.
    """
    means = [
        register.name,
        register.path,
        register.base_url,
        register.fields,
        register.no_hit,
        register.answer,
    ]
    asked = json.dumps([means, sorted(key.items())], sort_keys=True, ensure_ascii=False, default=str)
    return f"register:{register.name}:answer:{keyed(HashKind.REGISTER_QUESTION, asked).hex()}"


def find(places: Sequence[tuple[Register, str]]) -> list[Kept | None]:
    """Return what is kept at each place and is not too old, None where nothing is."""
    if not places:
        return []
    nothing: list[str | None] = [None] * len(places)
    tokens = attempt(lambda shared: _many(shared, [place for _, place in places]), otherwise=lambda: nothing)
    return [
        _opened(token, register, place) if token else None
        for (register, place), token in zip(places, tokens, strict=True)
    ]


def keep(answers: Sequence[tuple[Register, str, Content]], *, at: datetime) -> None:
    """Keep hits and clear no hits; a failure is never kept."""
    clear = [one for one in answers if one[2].outcome in {Outcome.HIT, Outcome.NO_HIT}]
    if clear:
        attempt(lambda shared: _store(shared, clear, at), otherwise=lambda: None)


def _many(shared: redis.Redis, places: Sequence[str]) -> list[str | None]:
    return shared.mget(places)  # type: ignore[return-value] # of a client that is not async


def _store(shared: redis.Redis, answers: Sequence[tuple[Register, str, Content]], at: datetime) -> None:
    with shared.pipeline() as pipeline:
        for register, place, content in answers:
            told = {"outcome": content.outcome, "values": content.values, "at": at.isoformat()}
            token = envelope.seal(json.dumps(told, ensure_ascii=False), aad=place)
            pipeline.set(place, token, ex=register.cache_seconds)
        pipeline.execute()


def _opened(token: str, register: Register, place: str) -> Kept | None:
    """Return what a token holds; one that was changed, or sealed with a key that is gone, is asked for anew."""
    try:
        told = json.loads(envelope.unseal(token, aad=place))
    except envelope.Tampered:
        return None
    at = datetime.fromisoformat(told["at"])
    if not timedelta() <= clock.now() - at <= timedelta(seconds=register.cache_seconds):
        return None
    return Kept(Content(Outcome(told["outcome"]), told["values"]), at)
