"""An import is begun by one keeper and released by another: before that its file is only checked (四眼)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from accounts import actors
from accounts.identifying import is_same_person
from accounts.models import User
from certificates.models import ImportBatch
from certificates.states import FileOrigin, ImportState
from certificates.stocking.errors import NoSuchFile, NothingToRelease, NotReleasedByYou
from certificates.stocking.files import shelving
from common import clock
from records.journal import note

SAMPLE = "sample"
COUNTS = ("accepted", "known", "rejected", "superseded")


def first_state(origin: str, *, released_by: str = "") -> ImportState:
    """Return what is done with a file next: an operator's own and a released one come in, others are checked."""
    known = origin == FileOrigin.COMMAND or released_by
    return ImportState.WAITING if known else ImportState.CHECKING


def rewind(batch: ImportBatch) -> None:
    """Let the file be read from its beginning, unsaved; refused rows of before are forgotten."""
    batch.position = batch.line = batch.attempts = 0
    for name in COUNTS:
        setattr(batch, name, 0)
    batch.finished_at = batch.started_at = batch.told_at = None
    batch.fault = ""
    shelving.forget_refused(batch.pk)


@transaction.atomic
def wait(batch: ImportBatch) -> bool:
    """Let a file that is checked wait for a second keeper; return whether it was being checked."""
    checked = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.CHECKING)
    if not checked.update(state=ImportState.REVIEW, seen_at=clock.now()):
        return False
    batch.state = ImportState.REVIEW
    _note(batch, "certificates_import_checked", batch.started_by, {**counts(batch), "sha256": batch.sha256})
    return True


@transaction.atomic
def release(batch: ImportBatch, *, user: User) -> None:
    """Let a checked file come in, locked by the caller. Raises NothingToRelease, NotReleasedByYou, UnknownIdentity."""
    if batch.state != ImportState.REVIEW:
        raise NothingToRelease
    begun_by = User.objects.filter(pk=batch.started_by.partition(":")[2]).first()
    if begun_by is not None and is_same_person(user, begun_by):
        raise NotReleasedByYou
    actor = actors.of_user(user)
    _note(batch, "certificates_import_released", actor, {"sha256": batch.sha256})
    rewind(batch)
    batch.state, batch.released_by, batch.released_at = ImportState.WAITING, actor, clock.now()
    batch.save()
    transaction.on_commit(lambda: shelving.forget(batch.pk, SAMPLE))


def counts(batch: ImportBatch) -> dict[str, int]:
    """Return what a file has come to, for the journal."""
    return {name: getattr(batch, name) for name in COUNTS}


def keep_sample(batch_id: UUID, rows: Sequence[Sequence[str]]) -> None:
    """Keep some rows for who releases it to look at, names masked, sealed."""
    shelving.keep(batch_id, SAMPLE, [json.dumps(rows, ensure_ascii=False).encode()])


def sample(batch_id: UUID) -> list[list[str]]:
    """Return the rows that were kept to be looked at: number, masked name, days, state."""
    try:
        found: list[list[str]] = json.loads(b"".join(shelving.kept(batch_id, SAMPLE)))
    except NoSuchFile:
        return []
    return found


def _note(batch: ImportBatch, act: str, actor: str, details: dict[str, str | int]) -> None:
    told = {**details, "issuer": batch.issuer_code}
    note(stream=f"import:{batch.pk}", act=act, actor=actor, subject=batch.type.slug, details=told)
