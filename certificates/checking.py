"""Whether a certificate someone shows is genuine and valid: the state and little else (最少披露)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from certificates import digesting
from certificates.models import Certificate
from certificates.sealing import signing
from certificates.sealing.statement import WORDS, Fault
from certificates.states import ENDED, CertificateStatus
from common import clock
from common.identifiers import InvalidIdentifier, certificate_identifier, mask_name
from rules.wording.showing import date_text


class CheckState(StrEnum):
    """What the check page says."""

    VALID = "valid"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    BROKEN = "broken"
    UNKNOWN = "unknown"


_LABELS = {
    CheckState.VALID: "有效",
    CheckState.NOT_YET_VALID: "尚未生效",
    CheckState.EXPIRED: "已过期",
    CheckState.SUPERSEDED: "已被新证替代",
    CheckState.SUSPENDED: "暂停使用",
    CheckState.BROKEN: "不可信",
    CheckState.UNKNOWN: "没有查到",
}


@dataclass(frozen=True, slots=True)
class Newest:
    """The last version of a certificate that was superseded: it may be valid, or have ended itself."""

    version: int
    state: CheckState
    label: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer at one moment. `label` is the Chinese word for the state; the legal endings are kept apart.

    `successor_version`: which version took its place; `newest`: the last of all that followed, and its state.
    """

    state: CheckState
    label: str
    checked_at: datetime
    type_name: str = ""
    masked_holder: str = ""
    issuer_name: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    successor_version: int | None = None
    newest: Newest | None = None
    is_demo: bool = False
    signature: str = ""  # in words: who sealed it when, that nobody did, or what is wrong with it
    sealed: bool = False  # it bears its issuer's electronic seal, and that is sound
    changed_on: date | None = None  # since when it is suspended, superseded or ended


def check(identifier_or_token: str, *, on: date, digest: str = "") -> Checked:
    """Return the state of a certificate on a day, by its GB/T 36904 identifier or the token of its QR code.

    Its content is proven against its digest and seal, and none of it is told: what was changed in the store, or in the
    file whose `digest` somebody holds against it, is never called valid.
    """
    found = _find(identifier_or_token.strip())
    if found is None:
        return Checked(CheckState.UNKNOWN, _LABELS[CheckState.UNKNOWN], clock.now())
    fault = _fault(found, digest)
    state = _state(found, on=on) if fault in {None, Fault.UNSIGNED} else CheckState.BROKEN
    successor = successor_of(found)
    return Checked(
        state,
        _label(found, state),
        clock.now(),
        type_name=found.type.name,
        masked_holder=_holder(found),
        issuer_name=found.issuer_name,
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        successor_version=successor.version if successor else None,
        newest=_newest(successor, on=on) if successor else None,
        is_demo=found.is_demo,
        signature=_signature(found) if fault is None else WORDS[fault],
        sealed=fault is None,
        changed_on=_changed_on(found),
    )


def _label(found: Certificate, state: CheckState) -> str:
    return _LABELS.get(state) or str(CertificateStatus(found.status).label)


def successor_of(found: Certificate) -> Certificate | None:
    """Return what took a certificate's place; its `successor` is best selected with it, without fields."""
    linked: Certificate | None = getattr(found, "successor", None)
    return linked or _next_of_number(found)


def _next_of_number(found: Certificate) -> Certificate | None:
    """Return the next version of the same number, issuer and holder, by which a superseded one was superseded.

    What a file brings after its newer version is followed by nothing.
    """
    if found.status != CertificateStatus.SUPERSEDED:
        return None
    later = Certificate.objects.filter(
        type=found.type_id,
        number=found.number,
        version__gt=found.version,
        issuer_code=found.issuer_code,
        holder_person=found.holder_person_id,
        holder_organisation=found.holder_organisation_id,
    )
    return later.defer("fields").order_by("version").first()


def _newest(found: Certificate, *, on: date) -> Newest:
    """Return the end of the line of versions that begins here; its own content is not proven for this."""
    passed = {found.pk}  # numbers may have followed each other in circles, by files of many years
    while (later := _after(found)) is not None and later.pk not in passed:
        passed.add(later.pk)
        found = later
    state = _state(found, on=on)
    return Newest(found.version, state, _label(found, state))


def _after(found: Certificate) -> Certificate | None:
    linked = Certificate.objects.filter(previous=found).defer("fields").first()
    return linked or _next_of_number(found)


def _fault(found: Certificate, digest: str) -> Fault | None:
    fault = signing.verify(found)
    if digest and not hmac.compare_digest(digest.encode(), found.digest.encode()):
        return Fault.CHANGED
    return Fault.CHANGED if fault is Fault.UNSIGNED and not digesting.is_whole(found) else fault


def _signature(found: Certificate) -> str:
    assert found.signed_at is not None
    return f"完好，{date_text(clock.day_of(found.signed_at))}由{found.issuer_name}签章"


def _changed_on(found: Certificate) -> date | None:
    at = found.status_changed_at
    return clock.day_of(at) if at is not None and found.status != CertificateStatus.VALID else None


def _find(text: str) -> Certificate | None:
    rows = Certificate.objects.select_related(
        "type", "holder_person", "holder_organisation", "successor", "seal"
    )
    rows = rows.defer("successor__fields")
    if "." not in text:
        return rows.filter(check_token=text).first() if 0 < len(text) <= 32 else None
    try:
        return rows.filter(identifier=certificate_identifier(text).text).first()
    except InvalidIdentifier:
        return None


def _state(certificate: Certificate, *, on: date) -> CheckState:
    if certificate.status in ENDED:
        return CheckState.REVOKED
    if certificate.status == CertificateStatus.SUPERSEDED:
        return CheckState.SUPERSEDED
    if certificate.valid_until is not None and on > certificate.valid_until:
        return CheckState.EXPIRED
    if certificate.status == CertificateStatus.SUSPENDED:
        return CheckState.SUSPENDED
    return CheckState.NOT_YET_VALID if on < certificate.valid_from else CheckState.VALID


def _holder(certificate: Certificate) -> str:
    """A person's name is masked; a business stands in a public register."""
    if certificate.holder_person is not None:
        return mask_name(certificate.holder_person.name)
    assert certificate.holder_organisation is not None
    return certificate.holder_organisation.name
