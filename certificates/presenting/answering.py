"""The holder's answer on the phone. Agreeing opens ten minutes at that window, and the case if there is one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import actors
from accounts.acting.principals import Principal
from accounts.models import Person
from certificates import schemas
from certificates.holding import authorising
from certificates.models import Authorisation, Scan, UseRecord
from certificates.presenting import codes, tracing
from certificates.presenting.errors import AlreadyAnswered, AnsweredTooLate, NoSuchScan
from certificates.presenting.scanning import WITH
from certificates.presenting.stages import ACCESS, Stage, stage
from certificates.states import AuthorisationKind, AuthorisationStatus, ScanStatus, UseOutcome
from common import clock
from records.journal import note

CONSENT_TEXT = "presented-2026-11"  # version of the words on the phone
AGREED = frozenset({Stage.OPEN, Stage.OVER, Stage.WITHDRAWN})


@transaction.atomic
def agree(person: Person, *, scan_id: UUID, until_days: int, at: datetime) -> Scan:
    """Allow what the window asked for, and its use in the case it was asked for, at most `until_days` long.

    A second click changes nothing. Raises NoSuchScan, AnsweredTooLate, AlreadyAnswered, MayNotAct, MayNotShow.
    """
    found = _asked_of(person, scan_id=scan_id)
    now = stage(found, at=at)
    if now in AGREED:
        return found
    if now == Stage.REFUSED:
        raise AlreadyAnswered("不同意")
    _require_waiting(now)
    principal = codes.principal_of(found.presentation, at=at)
    found.authorisation = _granted(principal, found, until_days=until_days, at=at)
    _answered(found, person, ScanStatus.AGREED, at=at)
    return found


@transaction.atomic
def refuse(person: Person, *, scan_id: UUID, at: datetime) -> Scan:
    """Say no: nothing is opened, and the records of use say so. Before a question it ends the scan; idempotent.

    Raises NoSuchScan, AnsweredTooLate, AlreadyAnswered.
    """
    found = _asked_of(person, scan_id=scan_id)
    now = stage(found, at=at)
    if now == Stage.REFUSED:
        return found
    if now in AGREED:
        raise AlreadyAnswered("同意")
    if now == Stage.SCANNED:
        found.status = ScanStatus.ENDED
        found.save(update_fields=["status"])
        _note(found, person)
        return found
    _require_waiting(now)
    types = schemas.kinds(found.scope)
    declined = UseOutcome.DECLINED
    UseRecord.objects.bulk_create(
        tracing.record(found, types[slug], outcome=declined, at=at) for slug in found.scope
    )
    _refused(found, person, at=at)
    _answered(found, person, ScanStatus.REFUSED, at=at)
    return found


@transaction.atomic
def withdraw(person: Person, *, scan_id: UUID, at: datetime) -> Scan:
    """Take an agreement back: the window's look ends with this very moment. Raises NoSuchScan, NotYours."""
    found = _asked_of(person, scan_id=scan_id)
    if found.authorisation is not None:
        shown = found.presentation
        own = shown.holder_person_id == person.pk
        principal = Principal(person) if own else codes.principal_of(shown, at=at)
        found.authorisation = authorising.revoke(principal, authorisation_id=found.authorisation.pk, at=at)
    return found


def _asked_of(person: Person, *, scan_id: UUID) -> Scan:
    rows = Scan.objects.select_for_update(of=("self",)).select_related(*WITH)
    found = rows.filter(pk=scan_id).first()
    if found is None or person.pk not in {
        found.presentation.shown_by_id,
        found.presentation.holder_person_id,
    }:
        raise NoSuchScan
    return found


def _require_waiting(now: Stage) -> None:
    if now != Stage.ASKED:
        raise AnsweredTooLate


def _granted(principal: Principal, found: Scan, *, until_days: int, at: datetime) -> Authorisation:
    """Keep the consent: for a case it replaces an earlier answer; for a purpose it ends with the look."""
    who = found.place
    if not found.matter_code:
        return authorising.grant_at_window(
            principal,
            body=who,
            purpose=found.purpose,
            scope=found.scope,
            text_version=CONSENT_TEXT,
            until=clock.day_of(at + ACCESS),
            at=at,
        )
    authorising.end_many([found.case_reference], at=at)
    return authorising.grant(
        principal,
        case_reference=found.case_reference,
        matter_code=found.matter_code,
        matter_name=found.matter_name,
        body=f"{who}、{found.deciding_body}" if found.deciding_body else who,
        scope=found.scope,
        until=clock.day_of(at) + timedelta(days=until_days),
        text_version=CONSENT_TEXT,
        at=at,
    )


def _refused(found: Scan, person: Person, *, at: datetime) -> None:
    """Keep the no beside every yes, for the holder to find again; nothing rests on it, so no mandate is asked for."""
    shown, for_case = found.presentation, bool(found.matter_code)
    Authorisation.objects.create(
        holder_person_id=shown.holder_person_id,
        holder_organisation_id=shown.holder_organisation_id,
        given_by=person,
        kind=AuthorisationKind.CASE if for_case else AuthorisationKind.PURPOSE,
        case_reference=found.case_reference if for_case else "",
        matter_code=found.matter_code,
        matter_name=found.matter_name,
        purpose=found.purpose,
        body=found.place,
        scope=found.scope,
        status=AuthorisationStatus.REFUSED,
        text_version=CONSENT_TEXT,
        given_at=at,
        until=clock.day_of(at),
    )


def _answered(found: Scan, person: Person, status: ScanStatus, *, at: datetime) -> None:
    found.status, found.answered_at, found.answered_by = status, at, person
    if status == ScanStatus.AGREED:
        found.access_until = at + ACCESS
    found.save()
    _note(found, person)


def _note(found: Scan, person: Person) -> None:
    note(
        stream=f"presentation:{found.presentation_id}",
        act=str(found.status),
        actor=actors.of_person(person),
        subject=str(found.pk),
        details={"types": sorted(found.scope), "matter": found.matter_code},
    )
