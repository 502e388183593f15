"""The legal clock: due dates follow from the ledger and the calendar (行政许可法 art. 42, 45, 82)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from approvals.models import Application, ClockEntry
from approvals.states import ApplicationState, ClockKind
from common import workdays
from common.statements.planned import Planned

_CONCLUDE = Planned("""
WITH decided AS (SELECT unnest(%s::uuid[]) AS id)
INSERT INTO approvals_clockentry (application_id, kind, at, workdays, reason)
SELECT id, 'start', %s::timestamptz, 0, '' FROM decided
 WHERE NOT EXISTS (SELECT FROM approvals_clockentry c WHERE c.application_id = decided.id AND c.kind = 'start')
 UNION ALL
SELECT id, 'stop', %s::timestamptz, 0, '' FROM decided
RETURNING application_id, kind
""")


@dataclass(frozen=True, slots=True)
class Line:
    """One act on the clock: what, on which day, how many working days."""

    kind: ClockKind
    day: date
    workdays: int = 0


def due_date(lines: Sequence[Line]) -> date | None:
    """Return the day by which the case must be decided, or None before it started or while it is paused.

    The day after acceptance is day 1. A pause moves the date by the working days that lie inside it.
    """
    start: date | None = None
    limit = 0
    paused: date | None = None
    for line in lines:
        match line.kind:
            case ClockKind.START:
                start, limit = line.day, line.workdays
            case ClockKind.EXTEND:
                limit += line.workdays
            case ClockKind.PAUSE:
                paused = line.day
            case ClockKind.RESUME if paused is not None:
                limit += workdays.workdays_between(paused, line.day)
                paused = None
    if start is None or paused is not None:
        return None
    return workdays.add_workdays(start, limit)


def ledger(application: Application) -> list[Line]:
    """Return the lines of one case in order."""
    return [
        Line(ClockKind(entry.kind), timezone.localdate(entry.at), entry.workdays)
        for entry in application.clock_entries.order_by("at", "id")
    ]


def start_many(limits: Sequence[tuple[Application, int]], *, at: datetime) -> None:
    """Accept cases (受理): start their clocks with a limit in working days. A running clock is left alone."""
    cases = [application for application, _ in limits]
    starts = ClockEntry.objects.filter(application__in=cases, kind=ClockKind.START)
    started = set(starts.values_list("application_id", flat=True))
    entries = []
    for application, limit in limits:
        if application.pk in started:
            application.due_on = due_date(ledger(application))
            continue
        application.due_on = due_date([Line(ClockKind.START, timezone.localdate(at), limit)])
        entries.append(ClockEntry(application=application, kind=ClockKind.START, at=at, workdays=limit))
    ClockEntry.objects.bulk_create(entries)


def stop_many(applications: Sequence[Application], *, at: datetime) -> None:
    """Stop the clocks of cases that are decided or withdrawn."""
    ClockEntry.objects.bulk_create(
        ClockEntry(application=application, kind=ClockKind.STOP, at=at) for application in applications
    )


def conclude_many(applications: Sequence[Application], *, at: datetime) -> None:
    """Stop the clocks of cases that are granted; one that nobody had accepted yet is accepted with the grant."""
    with connection.cursor() as cursor:
        cursor.execute(_CONCLUDE, [[application.pk for application in applications], at, at])
        accepted = {pk for pk, kind in cursor.fetchall() if kind == ClockKind.START}
    for application in applications:
        if application.pk in accepted:
            application.due_on = due_date([Line(ClockKind.START, timezone.localdate(at))])


def is_paused(application: Application) -> bool:
    """Return whether the last pause has not been resumed."""
    pauses = [line.kind for line in ledger(application) if line.kind in {ClockKind.PAUSE, ClockKind.RESUME}]
    return bool(pauses) and pauses[-1] == ClockKind.PAUSE


def record(
    application: Application, kind: ClockKind, *, at: datetime, days: int = 0, reason: str = ""
) -> None:
    """Store one act and the due date that follows from the whole ledger. The caller saves the application."""
    ClockEntry.objects.create(application=application, kind=kind, at=at, workdays=days, reason=reason)
    application.due_on = due_date(ledger(application))


def go_on(application: Application, *, limit: int, at: datetime, reason: str) -> None:
    """Resume a clock that stands still for a notice; accept a case whose clock never ran (受理); in working days."""
    if is_paused(application):
        record(application, ClockKind.RESUME, at=at, reason=reason)
    else:
        start_many([(application, limit)], at=at)


def wrong_copies(applications: Iterable[Application]) -> list[tuple[str, date | None, date | None]]:
    """Return reference, stored and true due date of every case whose stored copy is not what the ledger says."""
    found = []
    for application in applications:
        true = due_date(ledger(application))
        if true != application.due_on:
            found.append((application.reference, application.due_on, true))
    return found


def open_cases() -> Iterable[Application]:
    """Return the cases the nightly check looks at."""
    running = [ApplicationState.IN_REVIEW, ApplicationState.SUPPLEMENTING]
    return (
        Application.objects.filter(state__in=running)
        .prefetch_related("clock_entries")
        .iterator(chunk_size=500)
    )
