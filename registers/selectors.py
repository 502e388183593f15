"""Reading the record of questions asked."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from registers import breaking
from registers.models import Register, RegisterCall

_REMEMBERED_SECONDS = 5.0
_BY_NAME = "SELECT * FROM registers_register WHERE name = ANY(%s)"
_SENT, _ANSWERED = "c.attempts > 0", "c.attempts > 0 AND c.outcome IN ('hit', 'no_hit')"
_COUNTS = f"""
count(*) FILTER (WHERE {_SENT}), count(*) FILTER (WHERE {_ANSWERED}),
count(*) FILTER (WHERE c.outcome = 'failed'), count(*) FILTER (WHERE c.outcome = 'unsent'),
count(*) FILTER (WHERE c.answer_of IS NOT NULL), max(c.asked_at) FILTER (WHERE {_ANSWERED}),
percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY c.latency_ms) FILTER (WHERE {_ANSWERED})
"""
_HOW_IT_WENT = f"""
SELECT r.name, w.since, d.* FROM registers_register r
 CROSS JOIN unnest(%s::timestamptz[]) AS w(since)
 CROSS JOIN LATERAL (SELECT {_COUNTS} FROM registers_registercall c
                      WHERE c.register_id = r.id AND c.asked_at > w.since AND c.asked_at <= %s) AS d
"""  # noqa: S608 -- names of our own
# However long ago: the newest call that was answered, one step down the index for each register.
_LAST_ANSWERS = f"""
SELECT r.id, (SELECT c.asked_at FROM registers_registercall c
               WHERE c.register_id = r.id AND c.asked_at <= %s AND {_ANSWERED}
               ORDER BY c.asked_at DESC LIMIT 1) FROM registers_register r
"""  # noqa: S608 -- names of our own
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAILURES_SHOWN = 20
_remembered: dict[str, tuple[float, Register]] = {}


def known(names: Collection[str]) -> dict[str, Register]:
    """Return the registers of these names; a process looks the same one up once in a few seconds."""
    now = time.monotonic()
    found = {name: _remembered[name] for name in names if name in _remembered}
    fresh = {name: row for name, (at, row) in found.items() if now - at < _REMEMBERED_SECONDS}
    if missing := sorted(set(names) - set(fresh)):
        for row in Register.objects.raw(_BY_NAME, [missing]):
            fresh[row.name] = row
            _remembered[row.name] = now, row
    return fresh


def forget(name: str) -> None:
    """Look a register up anew: its definition was changed by this process."""
    _remembered.pop(name, None)


def calls_for(references: Collection[str]) -> QuerySet[RegisterCall]:
    """Return the questions asked for these cases, with their registers, the newest first."""
    asked = RegisterCall.objects.filter(case_reference__in=references)
    return asked.select_related("register").order_by("-asked_at", "pk")


@dataclass(frozen=True, slots=True)
class Window:
    """How a register answered in a stretch of time; times in milliseconds, of answers alone."""

    sent: int
    answered: int
    failed: int
    unsent: int
    kept: int
    last_answer: datetime | None
    median: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """How a register is: its last hour, its last day, and since when its breaker is open."""

    register: Register
    hour: Window
    day: Window
    resting_since: datetime | None
    last_answer: datetime | None = None


def health(*, at: datetime) -> list[Health]:
    """Return every register with its numbers, by name; three statements, along the index of its calls."""
    rows = list(Register.objects.order_by("name"))
    resting = breaking.states([row.name for row in rows], fresh=True)
    windows: dict[tuple[str, datetime], Window] = {}
    last: dict[int, datetime | None] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HOW_IT_WENT, [[at - HOUR, at - DAY], at])
        for name, since, *counts, took in cursor.fetchall():
            windows[name, since] = Window(*counts, *(took or (None, None)))
        cursor.execute(_LAST_ANSWERS, [at])
        last.update(cursor.fetchall())
    return [
        Health(
            row, windows[row.name, at - HOUR], windows[row.name, at - DAY], resting[row.name], last[row.pk]
        )
        for row in rows
    ]


def failures(register: Register, *, at: datetime) -> list[RegisterCall]:
    """Return the last failures of a day, the newest first; what was not sent is counted, not listed."""
    found = register.calls.filter(
        asked_at__gt=at - DAY, asked_at__lte=at, outcome=RegisterCall.Outcome.FAILED
    )
    return list(found.order_by("-asked_at", "pk")[:FAILURES_SHOWN])
