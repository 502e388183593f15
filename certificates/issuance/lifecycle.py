"""Moving a certificate through its life: suspended, resumed, and the four legal endings (行政许可法 69, 70, 79)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Organisation, Person
from certificates import locking, schemas, telling
from certificates.errors import AlreadyHeld, InvalidMove, NothingToEnd
from certificates.models import Certificate
from certificates.states import TRANSITIONS, CertificateStatus
from common import clock
from records.journal import Note, note, note_many


@dataclass(frozen=True, slots=True)
class Ending:
    """One certificate that ends by a decision, with the types that lapse with it where they are held.

    `to` is one of the four legal endings; `source` names the decision, `reason` is what the holder reads.
    """

    type: str
    holder: Person | Organisation
    to: CertificateStatus
    reason: str
    source: str
    actor: str
    with_it: tuple[str, ...] = ()

    def covers(self, certificate: Certificate) -> bool:
        """Return whether a certificate is one that ends."""
        holder = certificate.holder_person_id or certificate.holder_organisation_id
        return holder == self.holder.pk and certificate.type.slug in {self.type, *self.with_it}


@transaction.atomic
def change_status(
    certificate: Certificate,
    to: CertificateStatus,
    *,
    reason: str,
    actor: str,
    at: datetime | None = None,
    ended_by: str = "",
) -> Certificate:
    """Make one allowed move and return the fresh certificate. Superseding belongs to issuing. Raises InvalidMove."""
    locked = Certificate.objects.select_for_update(of=("self",)).select_related("type").get(pk=certificate.pk)
    was = CertificateStatus(locked.status)
    if to not in TRANSITIONS[was] or to == CertificateStatus.SUPERSEDED:
        raise InvalidMove(was=str(was.label), to=str(to.label))
    locked.status, locked.status_reason, locked.status_changed_at = to, reason[:200], at or clock.now()
    locked.ended_by = ended_by
    try:
        with transaction.atomic():
            locked.save(update_fields=["status", "status_reason", "status_changed_at", "ended_by"])
    except IntegrityError as error:
        if "one_valid_" not in str(error):  # a second one of its holder, a newer version of its number
            raise
        raise AlreadyHeld(locked.type.name) from error
    entry = note(
        stream=f"certificate:{locked.pk}",
        act="certificate_status_changed",
        actor=actor,
        subject=ended_by,
        details={"from": str(was), "to": str(to)},
        event=f"{locked.type.name}的状态由“{was.label}”改为“{to.label}”。",
        event_kind="certificate",
    )
    telling.tell_changed(locked, was=was, entry=entry.sequence, at=locked.status_changed_at)
    return locked


@transaction.atomic(savepoint=False)
def end_many(endings: Sequence[Ending], *, at: datetime) -> list[Certificate]:
    """End what holders have in hand, all or none, and tell them. Raises NothingToEnd without exactly one of `type`."""
    if not endings:
        return []
    held = list(_in_hand(endings))
    ended: list[tuple[Certificate, CertificateStatus, Ending]] = []
    for ending in endings:
        covered = [one for one in held if ending.covers(one)]
        named = [one for one in covered if one.type.slug == ending.type]
        if len(named) != 1:
            raise NothingToEnd(schemas.kinds({ending.type})[ending.type].name)
        ended += [(one, CertificateStatus(one.status), ending) for one in covered]
    for certificate, was, ending in ended:
        _ended(certificate, ending, was=was, at=at)
    rows = [certificate for certificate, _, _ in ended]
    Certificate.objects.bulk_update(rows, ["status", "status_reason", "status_changed_at", "ended_by"])
    entries = note_many([_note(certificate, was, ending) for certificate, was, ending in ended])
    for (certificate, was, _), entry in zip(ended, entries, strict=True):
        telling.tell_changed(certificate, was=was, entry=entry.sequence, at=at)
    return rows


def _in_hand(endings: Sequence[Ending]) -> Iterable[Certificate]:
    kinds = schemas.kinds({slug for one in endings for slug in (one.type, *one.with_it)})
    by_key = {kind.pk: kind for kind in kinds.values()}
    people: set[UUID] = {one.holder.pk for one in endings if isinstance(one.holder, Person)}
    bodies: set[UUID] = {one.holder.pk for one in endings if isinstance(one.holder, Organisation)}
    for certificate in locking.in_hand(by_key, people=people, bodies=bodies):
        certificate.type = by_key[certificate.type_id]
        yield certificate


def _ended(certificate: Certificate, ending: Ending, *, was: CertificateStatus, at: datetime) -> None:
    if ending.to not in TRANSITIONS[was]:
        raise InvalidMove(was=str(was.label), to=str(ending.to.label))
    certificate.status, certificate.status_reason = ending.to, ending.reason[:200]
    certificate.status_changed_at, certificate.ended_by = at, ending.source


def _note(certificate: Certificate, was: CertificateStatus, ending: Ending) -> Note:
    return Note(
        stream=f"certificate:{certificate.pk}",
        act="certificate_ended",
        actor=ending.actor,
        subject=ending.source,
        details={"from": str(was), "to": str(ending.to)},
        event=f"{certificate.type.name}的状态由“{was.label}”改为“{ending.to.label}”。",
        event_kind="certificate",
    )
