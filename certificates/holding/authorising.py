"""The holder's consent to the use of certificates for one case: given, refused, withdrawn, ended with the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction
from typing_extensions import Unpack

from accounts.acting.principals import Principal
from accounts.actors import of_person
from accounts.models import Person
from certificates import telling
from certificates.errors import AlreadyAuthorised, NotYours
from certificates.models import Authorisation
from certificates.states import AuthorisationStatus
from records.journal import note

Scope = Mapping[str, Sequence[str]]


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
    open_ones = Authorisation.objects.filter(
        case_reference__in=references, status=AuthorisationStatus.GRANTED
    )
    open_ones.update(status=AuthorisationStatus.ENDED, ended_at=at)


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
        holder_organisation=principal.organisation,
        holder_person=None if principal.organisation else principal.person,
        given_by=principal.acting,
        given_at=at,
        status=status,
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


def _note(given: Authorisation, act: str, person: Person, text: str) -> None:
    note(
        stream=f"case:{given.case_reference}",
        act=act,
        actor=of_person(person),
        subject=str(given.pk),
        details={"types": sorted(given.scope), "text_version": given.text_version},
        event=text,
        event_kind="authorisation",
    )


def _may_revoke(principal: Principal, given: Authorisation) -> bool:
    if not principal.limits.covers(given.matter_code):
        return False
    if principal.organisation is not None:
        return given.holder_organisation_id == principal.organisation.pk
    return given.holder_person_id == principal.person.pk
