"""The only writer of Application.state. A move, what the applicant may read of it, and its proof are one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from approvals.errors import NoSuchApplication, NotAllowed
from approvals.models import Application
from approvals.states import CLOSED, TRANSITIONS, ApplicationState
from common.statements.planned import Planned
from records import journal
from records.proving.chain import Json

# What a move may have changed on the instance besides the state; the clock writes due_on, deciding the rest.
_WRITTEN = {
    "state": "text",
    "closed_at": "timestamptz",
    "lease_until": "timestamptz",
    "due_on": "date",
    "referral_reason": "text",
    "attempts": "integer",
    "waiting_since": "timestamptz",
}
_SAVE = Planned(
    f"UPDATE approvals_application AS a SET {', '.join(f'{name} = n.{name}' for name in _WRITTEN)}"  # noqa: S608 -- names of our own
    f" FROM unnest(%s::uuid[], {', '.join(f'%s::{kind}[]' for kind in _WRITTEN.values())})"
    f" AS n(id, {', '.join(_WRITTEN)}) WHERE a.id = n.id"
)


@dataclass(frozen=True, slots=True)
class Move:
    """One step of one case: who moves it where, and the sentence the applicant reads about it."""

    application: Application
    to: ApplicationState
    actor: str
    act: str
    event: str
    details: Mapping[str, Json] = field(default_factory=dict)


def lock(application_id: UUID) -> Application:
    """Return the application with its row locked until the end of the transaction."""
    rows = Application.objects.select_for_update(of=("self",)).select_related(
        "matter", "edition", "person", "agent"
    )
    application = rows.filter(pk=application_id).first()
    if application is None:
        raise NoSuchApplication
    return application


def advance_many(moves: Sequence[Move], *, at: datetime, notes: Sequence[journal.Note] = ()) -> None:
    """Move locked applications, or raise NotAllowed and move none. `notes` go into the journal ahead of the moves'."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("advance needs the row lock of a transaction")
    for move in moves:
        _step(move, at)
    _save([move.application for move in moves])
    journal.note_many([*notes, *(_note(move) for move in moves)])


def advance(move: Move, *, at: datetime) -> None:
    """Move one locked application, or raise NotAllowed."""
    advance_many([move], at=at)


def _step(move: Move, at: datetime) -> None:
    application = move.application
    if move.to not in TRANSITIONS[ApplicationState(application.state)]:
        raise NotAllowed
    application.state = move.to
    application.lease_until = None
    application.closed_at = at if move.to in CLOSED else None
    if move.to == ApplicationState.SUBMITTED:
        application.waiting_since, application.attempts = at, 0


def _save(applications: list[Application]) -> None:
    if not applications:
        return
    columns = [[getattr(one, name) for one in applications] for name in ("id", *_WRITTEN)]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, columns)


def _note(move: Move) -> journal.Note:
    return journal.Note(
        stream=move.application.stream,
        act=move.act,
        actor=move.actor,
        subject=str(move.application.pk),
        details={**move.details, "state": str(move.to)},
        event=move.event,
        event_kind=move.act,
    )
