"""Which of a holder's certificates of one type counts on a day. Pure: never “the first” of two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from certificates.models import Certificate
from certificates.states import ENDED, CertificateStatus, UseOutcome
from common.clock import day_of
from rules.language.values import UnknownReason

_OUTCOMES = {
    None: UseOutcome.FOUND,
    UnknownReason.NOT_HELD: UseOutcome.NOT_HELD,
    UnknownReason.EXPIRED: UseOutcome.EXPIRED,
    UnknownReason.REVOKED: UseOutcome.REVOKED,
    UnknownReason.AMBIGUOUS: UseOutcome.AMBIGUOUS,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The one valid certificate, or why there is none to rely on.

    `held`: whether one is held at all; None where that cannot be said (暂停使用: neither proven nor disproven).
    """

    certificate: Certificate | None
    reason: UnknownReason | None = None
    held: bool | None = True
    detail: str = ""

    @property
    def outcome(self) -> UseOutcome:
        """Return what a record says came of a look that was allowed."""
        return _OUTCOMES[self.reason]

    @property
    def mark(self) -> tuple[object, ...]:
        """Return what must be unchanged for a decision to stand."""
        known = self.certificate
        return (self.reason, known.pk, known.version, known.status) if known else (self.reason,)


def choose(certificates: Sequence[Certificate], *, on: date) -> Choice:
    """Choose among all certificates of one holder and type."""
    valid = [one for one in certificates if one.status == CertificateStatus.VALID and not one.expired_on(on)]
    if len(valid) == 1:
        return Choice(valid[0])
    if valid:
        return Choice(None, UnknownReason.AMBIGUOUS, held=True, detail=f"有 {len(valid)} 张有效的")
    others = [one for one in certificates if one.status != CertificateStatus.SUPERSEDED]
    if not others:
        return Choice(None, UnknownReason.NOT_HELD, held=False)
    return _not_valid(max(others, key=_newest), on=on)


def _newest(certificate: Certificate) -> tuple[object, ...]:
    return (
        certificate.status == CertificateStatus.SUSPENDED,
        certificate.valid_from,
        certificate.issued_on,
        certificate.version,
        str(certificate.pk),
    )


def _not_valid(certificate: Certificate, *, on: date) -> Choice:
    status = CertificateStatus(certificate.status)
    if status in ENDED:
        when = certificate.status_changed_at
        detail = f"{day_of(when).isoformat()} {status.label}" if when else str(status.label)
        return Choice(certificate, UnknownReason.REVOKED, held=False, detail=detail)
    if certificate.valid_until is not None and on > certificate.valid_until:
        detail = f"有效期至 {certificate.valid_until.isoformat()}"
        return Choice(certificate, UnknownReason.EXPIRED, held=False, detail=detail)
    if status == CertificateStatus.SUSPENDED:
        return Choice(certificate, UnknownReason.REVOKED, held=None, detail=str(status.label))
    detail = f"{certificate.valid_from.isoformat()} 起生效"
    return Choice(certificate, UnknownReason.EXPIRED, held=None, detail=detail)
