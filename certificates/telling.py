"""What a holder is told of a certificate or a consent that changed: one message an act, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.acting import agents
from accounts.acting.principals import BY_LAW
from accounts.telling import inbox
from certificates.models import Authorisation, Certificate, ImportBatch, MisuseReport, UseRecord
from certificates.states import IN_HAND, CertificateStatus
from common.clock import day_of


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


def tell_issued(certificate: Certificate, *, words: str, reason: str, entry: int, at: datetime) -> None:
    """Tell the holder that the organ issued, corrected or renewed a certificate of its own accord."""
    values = {
        "certificate": certificate.type.name,
        "number": certificate.number,
        "office": certificate.issuer_name,
        "state": words,
        "reason": reason,
    }
    _send(certificate, "certificate_issued", f"certificate:{certificate.pk}:{entry}", values, at)


def tell_imported(held: Iterable[Certificate], batch: ImportBatch, *, at: datetime) -> None:
    """Tell the holders what of theirs came into the store by an import; each person once an import of each kind.

    A newer version, in hand, of what was in the store before is told as that: the older one is of no use any more.
    """
    told = list(held)
    newer = [one for one in told if _is_newer(one, batch)]
    behind = {one.pk for one in newer}
    rest = [one for one in told if one.pk not in behind]
    for kind, occasion, some in (
        ("certificate_imported", f"import:{batch.pk}", rest),
        ("certificate_imported_anew", f"import:{batch.pk}:newer", newer),
    ):
        each = {(one.holder_person_id, one.holder_organisation_id): one for one in some}  # asked for once
        values = {"certificate": batch.type.name, "office": batch.issuer_name}
        people = dict.fromkeys(person for one in each.values() for person in _told(one, at))
        inbox.send(
            inbox.message(person, kind=kind, occasion=occasion, values=values, at=at) for person in people
        )


def _is_newer(imported: Certificate, batch: ImportBatch) -> bool:
    before = imported.previous
    return before is not None and before.batch_id != batch.pk and imported.status in IN_HAND


def tell_revoked(authorisation: Authorisation, *, at: datetime) -> None:
    """Tell the holder that their consent is withdrawn, whoever withdrew it for them."""
    values = {"matter": authorisation.matter_name or authorisation.purpose}
    _send(authorisation, "authorisation_revoked", f"authorisation:{authorisation.pk}:revoked", values, at)


def tell_given(authorisation: Authorisation, *, at: datetime) -> None:
    """Tell the holder that a consent for a purpose was given in their name."""
    values = {
        "purpose": authorisation.purpose,
        "office": authorisation.body,
        "until": authorisation.until.isoformat(),
    }
    _send(authorisation, "authorisation_given", f"authorisation:{authorisation.pk}:given", values, at)


def tell_looked(record: UseRecord) -> None:
    """Tell the holder that a body looked by duty (PIPL art. 35: state organs inform)."""
    values = {
        "certificate": record.type.name,
        "office": record.body,
        "post": record.post,
        "reason": record.purpose,
    }
    _send(record, "looked_by_duty", f"use:{record.pk}", values, record.at)


def tell_answered(report: MisuseReport, *, at: datetime) -> None:
    """Tell the holder what came of their report; the words themselves stand in the record, sealed."""
    values = {
        "certificate": report.use.type.name,
        "office": report.use.body,
        "finding": report.get_finding_display(),
    }
    _send(report.use, "misuse_answered", f"misuse:{report.pk}:answered", values, at)


def _send(
    about: Certificate | Authorisation | UseRecord,
    kind: str,
    occasion: str,
    values: dict[str, str],
    at: datetime,
) -> None:
    case = "" if isinstance(about, Certificate) else about.case_reference
    inbox.send(
        inbox.message(person, kind=kind, occasion=occasion, values=values, reference=case, at=at)
        for person in _told(about, at)
    )


def _told(held: Certificate | Authorisation | UseRecord, at: datetime) -> list[UUID]:
    """Return the person, or who acts by law for the organisation."""
    if held.holder_person_id is not None:
        return [held.holder_person_id]
    assert held.holder_organisation is not None
    rights = agents.rights_in(held.holder_organisation, on=day_of(at))
    heads = rights.filter(role__in=BY_LAW).values_list("person_id", flat=True)
    return list(dict.fromkeys(heads))
