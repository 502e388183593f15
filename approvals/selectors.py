"""Reading cases: the applicant's own, the officer's queue, the verification sheet."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.acting.principals import Principal
from accounts.models import Person, Post, User
from accounts.permissions import posts_of
from approvals.errors import NoSuchApplication, NoSuchDraft
from approvals.models import Application, Decision, Draft, Judgement, SupplementNotice
from approvals.permissions import is_applicant
from approvals.states import OPEN, ApplicationState
from certificates.models import Certificate
from matters import editions
from matters.models import Matter
from rules.language.values import Facts, Truth, Verdict, facts_from_json, verdict_from_json

MOVING = ("state", "waiting_since", "referral_reason", "due_on", "closed_at", "authorisation")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The verification sheet (核验单): one stored judgement, opened."""

    judgement: Judgement
    facts: Facts
    verdict: Verdict

    @property
    def unproven(self) -> int:
        """Return how many checks did not pass."""
        return sum(finding.outcome != Truth.PASS for finding in self.verdict.findings)


def own_applications(person: Person) -> QuerySet[Application]:
    """Return the cases a person filed, the newest first, with what a list shows."""
    cases = Application.objects.filter(person=person).select_related("matter", "organisation", "edition")
    return cases.defer(*editions.UNREAD).order_by("-submitted_at", "-id")


def own_application(principal: Principal, *, reference: str) -> Application:
    """Return the principal's case, or raise NoSuchApplication."""
    rows = Application.objects.select_related("matter__department", "edition", "authorisation")
    application = rows.defer(*editions.UNREAD).filter(reference=reference, person=principal.person).first()
    if application is None or not is_applicant(principal, application):
        raise NoSuchApplication
    application.person, application.organisation = principal.person, principal.organisation
    return application


def look_again(application: Application) -> Application:
    """Return a case one has already found as it stands now: what moves while it is open, read anew."""
    application.refresh_from_db(fields=MOVING)
    return application


def own_draft(principal: Principal, *, reference: str) -> Draft:
    """Return the principal's draft, or raise NoSuchDraft."""
    rows = Draft.objects.select_related("matter__department", "edition", "authorisation")
    mine = rows.filter(reference=reference, person=principal.person, organisation=principal.organisation)
    if (draft := mine.defer(*editions.UNREAD).first()) is None:
        raise NoSuchDraft
    draft.person, draft.organisation = principal.person, principal.organisation
    return draft


def open_application(principal: Principal, *, matter: Matter) -> Application | None:
    """Return the principal's open case of a matter, if there is one."""
    mine = Application.objects.filter(
        person=principal.person, organisation=principal.organisation, matter=matter
    )
    return mine.filter(state__in=OPEN).first()


def draft_of(principal: Principal, *, matter: Matter) -> Draft | None:
    """Return the principal's draft of a matter, if there is one."""
    return Draft.objects.filter(
        person=principal.person, organisation=principal.organisation, matter=matter
    ).first()


def latest_sheet(application: Application) -> Sheet | None:
    """Return the newest judgement of a case, or None before it was judged."""
    judgement = application.judgements.order_by("-number").first()
    return sheet(judgement) if judgement else None


def sheet(judgement: Judgement) -> Sheet:
    """Open one stored judgement."""
    record = judgement.record
    return Sheet(judgement, facts_from_json(record["facts"]), verdict_from_json(record["verdict"]))


def decision_of(application: Application) -> Decision | None:
    """Return the decision in force: the original, or the last that corrects it."""
    decisions = application.decisions.select_related("officer", "judgement").defer("judgement__record")
    return decisions.filter(corrected_by__isnull=True).first()


def decided(application: Application) -> tuple[Decision | None, Sheet | None]:
    """Return the decision in force, and the newest sheet: the one it rests on, for nothing is judged after it."""
    decisions = application.decisions.select_related("officer", "judgement")
    decision = decisions.filter(corrected_by__isnull=True).first()
    if decision is None or decision.judgement is None:
        return decision, latest_sheet(application)
    return decision, sheet(decision.judgement)


def certificate_of(decision: Decision | None) -> Certificate | None:
    """Return the certificate a decision issued."""
    if decision is None:
        return None
    return Certificate.objects.select_related("type").filter(source=f"decision:{decision.pk}").first()


def open_notice(application: Application) -> SupplementNotice | None:
    """Return the notice the applicant still has to answer."""
    return application.notices.filter(answered_at__isnull=True).first()


def queue_for(user: User) -> QuerySet[Application]:
    """Return the cases a person must decide in the departments where the user is an officer, by due date.

    Cases in which the user has a part are left out: nobody decides their own case.
    """
    departments = [post.department_id for post in posts_of(user) if post.role == Post.Role.OFFICER]
    cases = Application.objects.filter(state=ApplicationState.IN_REVIEW, matter__department__in=departments)
    mine = Q(person__user=user) | Q(organisation__acting_rights__person__user=user)
    involved = Application.objects.filter(mine, pk=OuterRef("pk"))
    rows = cases.filter(~Exists(involved)).select_related("matter", "person", "organisation")
    return rows.order_by("due_on", "submitted_at", "id")


def application_for_officer(user: User, *, reference: str) -> Application:
    """Return a case of the user's departments in any state, or raise NoSuchApplication."""
    departments = [post.department_id for post in posts_of(user) if post.role == Post.Role.OFFICER]
    rows = Application.objects.select_related(
        "matter__department", "edition", "person", "organisation", "authorisation"
    )
    application = rows.filter(reference=reference, matter__department__in=departments).first()
    if application is None:
        raise NoSuchApplication
    return application
