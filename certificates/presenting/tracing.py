"""The record of a look at a window: both names where one acts for another, the window in words."""

from __future__ import annotations

from datetime import datetime

from accounts import actors
from certificates.models import Certificate, CertificateType, Scan, UseRecord
from certificates.states import UseMode, UseOutcome


def record(
    scan: Scan,
    kind: CertificateType,
    *,
    outcome: UseOutcome,
    at: datetime,
    certificate: Certificate | None = None,
    looker: tuple[str, str] | None = None,
) -> UseRecord:
    """Return a record of one type asked for at a window, not stored yet; `looker`: actor and window, if others."""
    shown = scan.presentation
    actor, window = looker or (actors.of_user(scan.clerk), scan.window)
    read = outcome == UseOutcome.FOUND
    return UseRecord(
        certificate=certificate,
        type=kind,
        version=certificate.version if certificate else None,
        holder_person_id=shown.holder_person_id,
        holder_organisation_id=shown.holder_organisation_id,
        mode=UseMode.PRESENTED,
        authorisation_id=scan.authorisation_id,
        scan=scan,
        body=scan.body,
        body_code=scan.post.body_code,
        actor=actor,
        post=f"{window} {scan.post.get_role_display()}",
        agent_id=None if shown.shown_by_id == shown.holder_person_id else shown.shown_by_id,
        case_reference=scan.case_reference,
        matter_code=scan.matter_code,
        purpose=scan.purpose or scan.matter_name,
        fields=list(scan.scope.get(kind.slug, ())) if read else [],
        outcome=outcome,
        digest=certificate.digest if certificate and read else "",
        at=at,
    )
