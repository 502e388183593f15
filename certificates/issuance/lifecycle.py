"""Moving a certificate through its life: suspended, resumed, and the four legal endings (行政许可法 69, 70, 79)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from certificates import telling
from certificates.errors import AlreadyHeld, InvalidMove
from certificates.models import Certificate
from certificates.states import TRANSITIONS, CertificateStatus
from common import clock
from records.journal import note


@transaction.atomic
def change_status(
    certificate: Certificate, to: CertificateStatus, *, reason: str, actor: str, at: datetime | None = None
) -> Certificate:
    """Make one allowed move and return the fresh certificate. Superseding belongs to issuing. Raises InvalidMove."""
    locked = Certificate.objects.select_for_update(of=("self",)).select_related("type").get(pk=certificate.pk)
    was = CertificateStatus(locked.status)
    if to not in TRANSITIONS[was] or to == CertificateStatus.SUPERSEDED:
        raise InvalidMove(was=str(was.label), to=str(to.label))
    locked.status, locked.status_reason, locked.status_changed_at = to, reason[:200], at or clock.now()
    try:
        with transaction.atomic():
            locked.save(update_fields=["status", "status_reason", "status_changed_at"])
    except IntegrityError as error:
        raise AlreadyHeld(locked.type.name) from error
    entry = note(
        stream=f"certificate:{locked.pk}",
        act="certificate_status_changed",
        actor=actor,
        details={"from": str(was), "to": str(to)},
        event=f"{locked.type.name}的状态由“{was.label}”改为“{to.label}”。",
        event_kind="certificate",
    )
    telling.tell_changed(locked, was=was, entry=entry.sequence, at=locked.status_changed_at)
    return locked
