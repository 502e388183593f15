"""A keeper issues a certificate that no application led to, corrects one (更正), or renews one (延续)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import actors
from accounts.models import Department, User
from certificates import schemas, telling
from certificates.errors import InvalidMove, NothingToChange
from certificates.issuance import carrying, issuing, terms
from certificates.issuance.issuing import Issue
from certificates.keeping import keepers
from certificates.keeping.keepers import Holder
from certificates.models import Certificate, CertificateType
from certificates.states import CertificateStatus
from common import clock
from records.journal import note


@dataclass(frozen=True, slots=True)
class Given:
    """What a keeper says of a new certificate: its number as it stands on the paper, its days, its fields."""

    number: str
    valid_from: date
    valid_until: date | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NextVersion:
    """What a keeper says of the next version of a certificate: fields that are not named stay as they are, unseen.

    The days stay, too; with `renews` it is valid from today, `until` a day or as its type says.
    """

    changes: Mapping[str, Any]
    renews: bool = False
    until: date | None = None


def types_of(user: User) -> list[CertificateType]:
    """Return the types the keeper's department issues, by name; raises NotYourStore."""
    return list(terms.types_of(keepers.department_of(user).credit_code))


@dataclass(frozen=True, slots=True)
class Draft:
    """A certificate as it would be issued, to be looked over before it is sealed."""

    type: CertificateType
    values: Mapping[str, Any]
    number: str
    issuer: str
    issued_on: date
    valid_from: date
    valid_until: date | None
    reason: str


def draft(user: User, *, slug: str, holder: Holder, given: Given, reason: str, at: datetime) -> Draft:
    """Return what `issue` would seal; raises what it raises, but for what only the store knows."""
    department, why = keepers.department_of(user), keepers.stated(reason)
    keepers.refuse_own(user, holder)
    asked = _asked(slug, holder=holder, given=given, department=department, at=at)
    kind = schemas.kinds({slug})[slug]
    issuing.check(asked, kind)
    last = terms.last_day(kind, valid_from=given.valid_from, asked=given.valid_until)
    return Draft(
        kind, asked.values, given.number, department.name, clock.day_of(at), given.valid_from, last, why
    )


@transaction.atomic
def issue(user: User, *, slug: str, holder: Holder, given: Given, reason: str, at: datetime) -> Certificate:
    """Issue a certificate of the keeper's department, signed; its holder is told.

    Raises NotYourStore, OwnCertificate, InvalidFields, AlreadyHeld, NumberTaken, NoUsableSeal, MoveReasonRequired.
    """
    department, why = keepers.department_of(user), keepers.stated(reason)
    keepers.refuse_own(user, holder)
    asked = _asked(slug, holder=holder, given=given, department=department, at=at)
    made = issuing.issue(asked, at=at, actor=actors.of_user(user))
    _tell(user, made, act="certificate_issued_by_keeper", why=why, words="签发", at=at)
    return made


def _asked(slug: str, *, holder: Holder, given: Given, department: Department, at: datetime) -> Issue:
    """Return the issue with the holder's own fields and the number filled in; raises InvalidFields."""
    kind = schemas.kinds({slug})[slug]
    specs = schemas.of_version(kind, kind.current_schema)
    return Issue(
        type=slug,
        holder=holder,
        values=carrying.whole(given.values, holder=holder, specs=specs),
        issued_on=clock.day_of(at),
        valid_from=given.valid_from,
        valid_until=given.valid_until,
        number=given.number,
        number_fields=[carrying.NUMBER] if carrying.NUMBER in specs else [],
        issuer_code=department.credit_code,
        issuer_name=department.name,
        is_demo=holder.is_demo,
    )


@transaction.atomic
def change(
    user: User,
    *,
    certificate_id: UUID,
    wanted: NextVersion,
    reason: str,
    at: datetime,
) -> Certificate:
    """Issue the next version of a valid certificate with some fields changed; the old one is superseded.

    Its holder is told.
    Raises NotYourStore, OwnCertificate, InvalidMove, NothingToChange, NothingToRenew, InvalidFields, NoUsableSeal.
    """
    found, why = keepers.locked(user, certificate_id), keepers.stated(reason)
    asked = _next(found, wanted, at=at)
    made = issuing.issue(asked, at=at, actor=actors.of_user(user))
    act, words = ("certificate_renewed", "延续") if wanted.renews else ("certificate_corrected", "更正")
    _tell(user, made, act=act, why=why, words=words, at=at, fields=sorted(wanted.changes))
    return made


@transaction.atomic
def draft_change(
    user: User,
    *,
    certificate_id: UUID,
    wanted: NextVersion,
    reason: str,
    at: datetime,
) -> Draft:
    """Return what `change` would seal: of the fields those that change, for nobody sees the rest.

    Raises what it raises, but for what only the store knows.
    """
    found, why = keepers.locked(user, certificate_id), keepers.stated(reason)
    asked = _next(found, wanted, at=at)
    issuing.check(asked, found.type)
    last = found.valid_until
    if wanted.renews:
        last = terms.last_day(found.type, valid_from=asked.valid_from, asked=wanted.until)
    return Draft(
        found.type,
        wanted.changes,
        found.number,
        found.issuer_name,
        asked.issued_on,
        asked.valid_from,
        last,
        why,
    )


def _next(found: Certificate, wanted: NextVersion, *, at: datetime) -> Issue:
    """Return the issue of the next version. Raises InvalidMove, NothingToChange, InvalidFields."""
    if found.status != CertificateStatus.VALID:
        raise InvalidMove(was=found.get_status_display(), to=str(CertificateStatus.SUPERSEDED.label))
    if not wanted.changes and not wanted.renews:
        raise NothingToChange
    kept = schemas.of_version(found.type, found.type.current_schema)
    own = carrying.of_holder(keepers.holder_of(found), specs=kept)
    carrying.refuse_another(wanted.changes, own=own, specs=kept)
    return Issue(
        type=found.type,
        holder=keepers.holder_of(found),
        values={name: value for name, value in found.fields.items() if name in kept} | dict(wanted.changes),
        issued_on=clock.day_of(at),
        valid_from=clock.day_of(at) if wanted.renews else found.valid_from,
        valid_until=wanted.until if wanted.renews else None,
        issuer_code=found.issuer_code,
        issuer_name=found.issuer_name,
        new_version=True,
        valid_as_held=not wanted.renews,
        renews=found.pk,
        is_demo=found.is_demo,
    )


def _tell(
    user: User,
    made: Certificate,
    *,
    act: str,
    why: str,
    words: str,
    at: datetime,
    fields: list[str] | None = None,
) -> None:
    entry = note(
        stream=f"certificate:{made.pk}",
        act=act,
        actor=actors.of_user(user),
        details={"version": made.version, "fields": fields or []},
        event=f"{made.issuer_name}{words}了{made.type.name}：{why}",
        event_kind="certificate",
    )
    telling.tell_issued(made, words=words, reason=why, entry=entry.sequence, at=at)
