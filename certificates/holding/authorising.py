"""The holder's consent to the use of certificates, for one case or one purpose: given, refused, withdrawn, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from typing_extensions import Unpack

from accounts.acting import mandates
from accounts.acting.principals import MayNotAct, Principal
from accounts.actors import of_person
from accounts.models import Department, Person
from certificates import schemas, telling
from certificates.errors import AlreadyAuthorised, CannotConsent, NotYours, NotYoursToGive
from certificates.models import Authorisation, CertificateType
from certificates.states import AuthorisationKind, AuthorisationStatus
from common.clock import day_of
from common.identifiers import holds_number
from common.statements.planned import Planned
from records.journal import note

Scope = Mapping[str, Sequence[str]]
PURPOSE_TEXT = "purpose 2026-11"  # version of the words on the page where a consent for a purpose is given
SHORTEST, LONGEST = 4, 200  # characters of a purpose
LONGEST_DAYS = 365  # a consent for a purpose is given anew every year
ONCE_DAYS = 30  # a consent to one look lapses when nobody looked
_END = Planned("""
UPDATE certificates_authorisation SET status = %s, ended_at = %s WHERE case_reference = ANY(%s) AND status = %s
""")


class Question(TypedDict):
    """What the holder was asked; `until` is the last day of the consent."""

    case_reference: str
    matter_code: str
    matter_name: str
    body: str
    scope: Scope
    until: date
    text_version: str


def grant(principal: Principal, *, at: datetime, **asked: Unpack[Question]) -> Authorisation:
    """Keep the consent (PIPL art. 29). Raises AlreadyAuthorised."""
    return _keep(principal, asked, status=AuthorisationStatus.GRANTED, at=at)


def refuse(principal: Principal, *, at: datetime, **asked: Unpack[Question]) -> Authorisation:
    """Keep the refusal: it explains why nothing was read."""
    return _keep(principal, asked, status=AuthorisationStatus.REFUSED, at=at)


@transaction.atomic
def grant_purpose(
    principal: Principal,
    *,
    department: Department,
    purpose: str,
    scope: Scope,
    until: date | None,
    at: datetime,
) -> Authorisation:
    """Keep a consent for a purpose, to one body, until a day; `until=None`: to one look (PIPL art. 14, 29).

    Raises NotYoursToGive, MayNotAct, CannotConsent, UnknownType.
    """
    _require_reach(principal, at=at)
    on = day_of(at)
    given = Authorisation(
        purpose=stated(purpose, about=principal),
        body=department.name,
        body_code=department.credit_code,
        scope=_scope(scope, principal=principal),
        once=until is None,
        until=_until(until, on=on),
        text_version=PURPOSE_TEXT,
        **_by(principal, at=at),
    )
    return _kept_for_purpose(given, principal, at=at)


@transaction.atomic
def grant_at_window(
    principal: Principal,
    *,
    body: str,
    purpose: str,
    scope: Scope,
    text_version: str,
    until: date,
    at: datetime,
) -> Authorisation:
    """Keep a consent for a purpose that a window asked for and the phone agreed to: `body` is that window alone."""
    given = Authorisation(
        purpose=purpose,
        body=body,
        scope={slug: list(fields) for slug, fields in scope.items()},
        until=until,
        text_version=text_version,
        **_by(principal, at=at),
    )
    return _kept_for_purpose(given, principal, at=at)


def _kept_for_purpose(given: Authorisation, principal: Principal, *, at: datetime) -> Authorisation:
    given.kind, given.status = AuthorisationKind.PURPOSE, AuthorisationStatus.GRANTED
    given.save(force_insert=True)
    _note(given, "authorisation_granted", principal.acting)
    if principal.mandate:
        telling.tell_given(given, at=at)
    return given


@transaction.atomic
def revoke(principal: Principal, *, authorisation_id: UUID | str, at: datetime) -> Authorisation:
    """Withdraw a consent at once (PIPL art. 15), by its holder or who acts for them; idempotent. Raises NotYours."""
    found = Authorisation.objects.select_for_update().filter(pk=authorisation_id).first()
    if found is None or not _may_revoke(principal, found):
        raise NotYours
    if found.status == AuthorisationStatus.GRANTED:
        found.status, found.revoked_at = AuthorisationStatus.REVOKED, at
        found.save(update_fields=["status", "revoked_at"])
        text = f"{principal.you}已撤回用证授权{principal.by}，之后不再读取电子证照。"
        _note(found, "authorisation_revoked", principal.acting, text)
        telling.tell_revoked(found, at=at)
    return found


def end_many(references: Sequence[str], *, at: datetime) -> None:
    """End the consents of closed cases in the caller's transaction: what is decided needs no more looks."""
    with connection.cursor() as cursor:
        ended, granted = AuthorisationStatus.ENDED, AuthorisationStatus.GRANTED
        cursor.execute(_END, [ended, at, list(references), granted])


def end_unused(authorisation_id: UUID, *, at: datetime) -> None:
    """End a consent that leads to nothing any more, in the caller's transaction: no case was begun under it."""
    open_one = Authorisation.objects.filter(pk=authorisation_id, status=AuthorisationStatus.GRANTED)
    open_one.update(status=AuthorisationStatus.ENDED, ended_at=at)


@transaction.atomic(savepoint=False)
def _keep(
    principal: Principal, asked: Question, *, status: AuthorisationStatus, at: datetime
) -> Authorisation:
    given = Authorisation(
        case_reference=asked["case_reference"],
        matter_code=asked["matter_code"],
        matter_name=asked["matter_name"],
        body=asked["body"],
        scope={slug: list(fields) for slug, fields in asked["scope"].items()},
        until=asked["until"],
        text_version=asked["text_version"],
        status=status,
        **_by(principal, at=at),
    )
    try:
        given.save(force_insert=True)
    except IntegrityError as error:
        if "one_granted_authorisation_a_case" in str(error):
            raise AlreadyAuthorised from error
        raise
    granted = status == AuthorisationStatus.GRANTED
    kinds = sum(bool(fields) for fields in given.scope.values())
    text = (
        f"{principal.you}同意为办理“{given.matter_name}”使用 {kinds} 种电子证照{principal.by}。"
        if granted
        else f"{principal.you}没有同意使用电子证照{principal.by}。"
    )
    _note(given, "authorisation_granted" if granted else "authorisation_refused", principal.acting, text)
    return given


def _by(principal: Principal, *, at: datetime) -> dict[str, Any]:
    """Return whose consent it is, who gave it and when."""
    return {
        "holder_organisation": principal.organisation,
        "holder_person": None if principal.organisation else principal.person,
        "given_by": principal.acting,
        "given_at": at,
    }


def _note(given: Authorisation, act: str, person: Person, text: str | None = None) -> None:
    """Note it in its case, which its applicant reads; a consent for a purpose has a stream of its own."""
    of_case = given.kind == AuthorisationKind.CASE
    note(
        stream=f"case:{given.case_reference}" if of_case else f"authorisation:{given.pk}",
        act=act,
        actor=of_person(person),
        subject=str(given.pk),
        details={"types": sorted(given.scope), "text_version": given.text_version},
        event=text if of_case else None,
        event_kind="authorisation" if of_case else "",
    )


def may_give(principal: Principal) -> bool:
    """Return whether who acts may consent for a purpose: a mandate for matters, or blind to certificates, may not."""
    limits = principal.limits
    return limits.sees_certificates and not limits.matters and not principal.closed


def _require_reach(principal: Principal, *, at: datetime) -> None:
    """Raise NotYoursToGive beyond the mandate, MayNotAct when it has ended since the request began."""
    if not may_give(principal):
        raise NotYoursToGive
    name, on = principal.mandate, day_of(at)
    if name and name not in mandates.standing([name], on=on, lock=True):
        raise MayNotAct


def stated(purpose: str, *, about: Principal) -> str:
    """Return a purpose as it is kept, in clear: it names nobody. Raises CannotConsent."""
    words = " ".join(purpose.split())
    if not SHORTEST <= len(words) <= LONGEST:
        raise CannotConsent(f"请写明用来做什么，{SHORTEST} 到 {LONGEST} 个字。")
    if holds_number(words) or about.name in words:
        raise CannotConsent("用途会原样记下来，请不要写姓名和号码。")
    return words


def _until(until: date | None, *, on: date) -> date:
    if until is None:
        return on + timedelta(days=ONCE_DAYS)
    last = on + timedelta(days=LONGEST_DAYS)
    if not on <= until <= last:
        raise CannotConsent(f"授权最长一年，请选择 {on:%Y-%m-%d} 到 {last:%Y-%m-%d} 之间的日期。")
    return until


def _scope(scope: Scope, *, principal: Principal) -> dict[str, list[str]]:
    """Return the types and fields consented to: each type one the holder can have, each field named by it."""
    kinds = schemas.kinds(scope)
    fitting = {CertificateType.HolderKind.EITHER, principal.kind}
    for slug, fields in scope.items():
        known = schemas.of_version(kinds[slug], kinds[slug].current_schema)
        if kinds[slug].holder_kind not in fitting or not fields or not set(fields) <= known.keys():
            raise CannotConsent("请选择要给对方看的证照，并至少选一项内容。")
    if not scope:
        raise CannotConsent("请选择要给对方看的证照，并至少选一项内容。")
    return {slug: sorted(set(fields), key=list(fields).index) for slug, fields in scope.items()}


def _may_revoke(principal: Principal, given: Authorisation) -> bool:
    for_purpose = given.kind == AuthorisationKind.PURPOSE
    if not (
        principal.limits.sees_certificates if for_purpose else principal.limits.covers(given.matter_code)
    ):
        return False
    if principal.organisation is not None:
        return given.holder_organisation_id == principal.organisation.pk
    return given.holder_person_id == principal.person.pk
