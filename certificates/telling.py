"""What a holder is told of a certificate or a consent that changed: one message an act, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.acting import agents
from accounts.acting.principals import BY_LAW
from accounts.telling import inbox
from certificates.models import Authorisation, Certificate
from certificates.states import CertificateStatus
from common.clock import SHANGHAI


def tell_changed(certificate: Certificate, *, was: CertificateStatus, entry: int, at: datetime) -> None:
    """Tell the holder that a certificate's state changed; `entry` counts its journal."""
    values = {
        "certificate": certificate.type.name,
        "number": certificate.number,
        "was": str(was.label),
        "state": str(CertificateStatus(certificate.status).label),
        "reason": certificate.status_reason,
    }
    inbox.send(
        inbox.message(
            person,
            kind="certificate_changed",
            occasion=f"certificate:{certificate.pk}:{entry}",
            values=values,
            at=at,
        )
        for person in _told(certificate, at)
    )


def tell_revoked(authorisation: Authorisation, *, at: datetime) -> None:
    """Tell the holder that their consent is withdrawn, whoever withdrew it for them."""
    inbox.send(
        inbox.message(
            person,
            kind="authorisation_revoked",
            occasion=f"authorisation:{authorisation.pk}:revoked",
            values={"matter": authorisation.matter_name},
            reference=authorisation.case_reference,
            at=at,
        )
        for person in _told(authorisation, at)
    )


def _told(held: Certificate | Authorisation, at: datetime) -> list[UUID]:
    """Return the person, or who acts by law for the organisation."""
    if held.holder_person_id is not None:
        return [held.holder_person_id]
    assert held.holder_organisation is not None
    rights = agents.rights_in(held.holder_organisation, on=at.astimezone(SHANGHAI).date())
    heads = rights.filter(role__in=BY_LAW).values_list("person_id", flat=True)
    return list(dict.fromkeys(heads))
