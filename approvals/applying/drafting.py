"""Starting and saving an application: consent first, then answers. One draft a principal and matter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from accounts import actors
from accounts.acting import mandates
from accounts.acting.principals import MayNotAct, Principal
from accounts.models import Person, User
from accounts.organising import require_active
from approvals import selectors
from approvals.applying import attached
from approvals.applying.references import new_reference
from approvals.errors import (
    AlreadyOpen,
    NoSuchDraft,
    NotAcceptingApplications,
    NotInMandate,
    NotVerified,
    WrongApplicant,
)
from approvals.models import Draft
from approvals.permissions import is_applicant, may_apply, own
from certificates.holding import authorising
from certificates.models import Authorisation
from common import clock
from common.statements.planned import Planned
from matters import editions
from matters.models import Edition, Matter
from records import journal
from records.proving.chain import Json

CONSENT_TEXT = "2026-11"  # version of the words on the consent page
CONSENT_DAYS = 30  # an authorisation ends with the case, and at the latest after these days
_LOCK = Planned("SELECT saved_at FROM approvals_draft WHERE id = %s FOR UPDATE")


@dataclass(frozen=True, slots=True)
class Window:
    """Where an application is taken when it is not filed online: the clerk, and the window in words.

    `confirmed`: as of which saving the holder confirmed it; nothing else is filed at a window.
    """

    clerk: User
    words: str
    confirmed: datetime | None = None


@transaction.atomic
def start(principal: Principal, *, matter: Matter, consent: bool) -> Draft:
    """Record the answer to "may we look?" and open the draft; a draft already there keeps its answers.

    Raises NotVerified, WrongApplicant, NotInMandate, MayNotAct, NotAcceptingApplications, AlreadyOpen.
    """
    require_standing(principal)
    require_for(principal, matter=matter)
    edition = in_force(matter)
    if (existing := selectors.open_application(principal, matter=matter)) is not None:
        raise AlreadyOpen(existing.reference)
    at = clock.now()
    draft = locked_draft(principal, matter=matter)
    reference = draft.reference if draft else new_reference(division=settings.DIVISION, on=at.date())
    authorising.end_many([reference], at=at)  # the new answer replaces an earlier one
    under = draft.edition if draft else edition  # what was begun keeps its edition
    authorisation = _ask(principal, matter, under, reference, consent=consent, at=at)
    if draft is None:
        return open_draft(principal, edition, reference, authorisation, at=at)
    return go_on(draft, principal, authorisation=authorisation, at=at)


def require_for(principal: Principal, *, matter: Matter) -> None:
    """Raise NotVerified, WrongApplicant for another kind of applicant, NotInMandate beyond the mandate of who acts."""
    require_verified(principal)
    if matter.applicant != principal.kind:
        raise WrongApplicant
    if not may_apply(principal, matter):
        raise NotInMandate


def require_verified(principal: Principal) -> None:
    """Raise NotVerified unless the name of who acts was compared with their number."""
    if principal.acting.real_name_level < Person.RealNameLevel.NAME_AND_NUMBER:
        raise NotVerified


def require_standing(principal: Principal) -> None:
    """Raise MayNotAct when the mandate has ended since the request began; it cannot end before the transaction does.

    Raises OrganisationClosed for an applicant that has ended.
    """
    if principal.organisation is not None:
        require_active(principal.organisation)
    name = principal.mandate
    if name and name not in mandates.standing([name], on=clock.today(), lock=True):
        raise MayNotAct


def in_force(matter: Matter) -> Edition:
    """Return the edition a matter is applied for under, or raise NotAcceptingApplications."""
    edition = matter.edition_on(clock.today())
    if matter.status != Matter.Status.IN_FORCE or edition is None:
        raise NotAcceptingApplications
    return edition


def go_on(
    draft: Draft,
    principal: Principal,
    *,
    authorisation: Authorisation,
    at: datetime,
    clerk: User | None = None,
) -> Draft:
    """Go on with a draft under a new consent, at a window or not; its answers stay."""
    draft.authorisation, draft.saved_at, draft.taken_by, draft.shown_at = authorisation, at, clerk, None
    selectors.acted_on(draft, principal).save(
        update_fields=["authorisation", "saved_at", "shown_at", "person", "agent", "mandate", "taken_by"]
    )
    return draft


def locked_draft(principal: Principal, *, matter: Matter) -> Draft | None:
    """Return the applicant's draft of a matter with its row locked."""
    return Draft.objects.filter(own(principal), matter=matter).select_for_update(of=("self",)).first()


def _ask(
    principal: Principal, matter: Matter, edition: Edition, reference: str, *, consent: bool, at: datetime
) -> Authorisation:
    verb = authorising.grant if consent else authorising.refuse
    return verb(
        principal,
        case_reference=reference,
        matter_code=matter.code,
        matter_name=matter.name,
        body=matter.department.name,
        scope={slug: list(fields) for slug, fields in editions.compiled(edition).certificates.items()},
        until=at.date() + timedelta(days=CONSENT_DAYS),
        text_version=CONSENT_TEXT,
        at=at,
    )


def open_draft(
    principal: Principal,
    edition: Edition,
    reference: str,
    authorisation: Authorisation,
    *,
    at: datetime,
    clerk: User | None = None,
) -> Draft:
    """Open a draft under its reference; who was a moment earlier keeps theirs."""
    draft, created = Draft.objects.filter(own(principal)).get_or_create(
        matter=edition.matter,
        defaults={
            "person": principal.person,
            "organisation": principal.organisation,
            "agent": principal.agent,
            "mandate": principal.mandate,
            "reference": reference,
            "edition": edition,
            "authorisation": authorisation,
            "answers": _defaults(edition),
            "taken_by": clerk,
            "created_at": at,
            "saved_at": at,
        },
    )
    if created:
        journal.note(
            stream=f"case:{reference}",
            act="draft_started",
            actor=actors.of_user(clerk) if clerk else actors.of_person(principal.acting),
            subject=str(draft.pk),
            details={"matter": edition.matter.code, **noted(principal)},
        )
    return draft


def noted(principal: Principal) -> dict[str, Json]:
    """Return what the journal says of a mandate: the actor is the person, this is their right."""
    return {"mandate": principal.mandate} if principal.mandate else {}


def _defaults(edition: Edition) -> dict[str, object]:
    """Return the preset answers: shown at the check before submission, and changed there."""
    questions = editions.compiled(edition).package.questions
    return {question.name: question.default for question in questions if question.default is not None}


@transaction.atomic
def save(
    principal: Principal,
    *,
    reference: str,
    answers: Mapping[str, object],
    dropped: Collection[str] = (),
    clerk: User | None = None,
) -> Draft:
    """Keep answers as they are typed (by a clerk: at a window), complete or not, and forget those `dropped`.

    Raises NoSuchDraft.
    """
    draft = own_locked(principal, reference=reference)
    kept = {name: value for name, value in draft.answers.items() if name not in dropped}
    draft.answers = {**kept, **answers, **attached.counts(draft, among=answers)}
    draft.saved_at, draft.taken_by, draft.shown_at = clock.now(), clerk, None
    draft.save(update_fields=["answers", "saved_at", "taken_by", "shown_at"])
    return draft


@transaction.atomic
def discard(principal: Principal, *, reference: str) -> None:
    """Throw a draft away at the applicant's wish, and end its authorisation."""
    draft = own_locked(principal, reference=reference)
    authorising.end_many([draft.reference], at=clock.now())
    journal.note(
        stream=f"case:{reference}",
        act="draft_discarded",
        actor=actors.of_person(principal.acting),
        subject=str(draft.pk),
        details=noted(principal),
    )
    attached.discard(draft)
    draft.delete()


def own_locked(principal: Principal, *, reference: str) -> Draft:
    """Return the principal's draft with its row locked, or raise NoSuchDraft, MayNotAct."""
    require_standing(principal)
    rows = Draft.objects.select_for_update(of=("self",)).select_related(
        "matter__department", "edition", "authorisation", "person", "organisation"
    )
    mine = rows.filter(own(principal), reference=reference)
    if (draft := mine.defer(*editions.UNREAD).first()) is None:
        raise NoSuchDraft
    return draft


def lock_as_read(principal: Principal, draft: Draft) -> bool:
    """Lock the principal's draft; False when it was saved again since it was read. Raises NoSuchDraft, MayNotAct."""
    require_standing(principal)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [draft.pk])
        found = cursor.fetchone()
    if found is None or not is_applicant(principal, draft):
        raise NoSuchDraft
    return bool(found[0] == draft.saved_at)
