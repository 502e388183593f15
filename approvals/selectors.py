"""Reading cases: the applicant's own, the officer's queue, the verification sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import identifying
from accounts.acting import mandates
from accounts.acting.principals import Principal, choices
from accounts.models import Department, Person, Post, User
from accounts.permissions import acting_as
from approvals.errors import NoSuchApplication, NoSuchDraft
from approvals.models import Application, Attachment, Decision, Draft, Judgement, SupplementNotice
from approvals.permissions import is_applicant, own
from approvals.states import OPEN, ApplicationState
from certificates.models import Certificate
from certificates.states import CertificateStatus
from common import clock
from common.statements.planned import Planned
from common.statements.worded import Select
from matters import editions
from matters.models import Matter
from records.models import StoredFile
from rules.language.values import Facts, Finding, Truth, Verdict, facts_from_json, verdict_from_json

FILES_AT_ONCE = 200
MOVING = ("state", "waiting_since", "referral_reason", "due_on", "closed_at", "authorisation_id")
_MOVING = Planned(f"SELECT {', '.join(MOVING)} FROM approvals_application WHERE id = %s")  # noqa: S608 -- names of our own
_APPLICATIONS = Select(lambda: Application.objects.select_related("matter__department"))
_DRAFTS = Select(lambda: Draft.objects.select_related("matter__department", "authorisation"))
_CERTIFICATES = Select(lambda: Certificate.objects.select_related("type"))
_DECISIONS = Select(lambda: Decision.objects.select_related("judgement"))
_ACTED = Planned("""
SELECT a.reference, a.person_id, a.organisation_id, m.code
  FROM approvals_application a JOIN matters_matter m ON m.id = a.matter_id
 WHERE a.agent_id = %s OR (a.person_id = %s AND a.organisation_id IS NOT NULL)
 ORDER BY a.id
""")
_HELD_BACK = """
SELECT silent.name, a.matter_id, count(*)
  FROM approvals_application a
 CROSS JOIN LATERAL (SELECT j.silent_registers FROM approvals_judgement j
                      WHERE j.application_id = a.id ORDER BY j.number DESC LIMIT 1) AS latest
 CROSS JOIN LATERAL jsonb_array_elements_text(latest.silent_registers) AS silent(name)
 WHERE a.state = %s
 GROUP BY 1, 2
"""
_IN_FORCE = """
WHERE approvals_decision.application_id = %s
  AND NOT EXISTS (SELECT 1 FROM approvals_decision c WHERE c.corrects_id = approvals_decision.id)
"""


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acted for the applicant of a case: role, name, and what the right rests on, as every page names them."""

    role: str
    name: str
    words: str

    @property
    def line(self) -> str:
        """Return the agent for one line: 代办人：林佳，代办授权至 2027-02-19."""
        return f"{self.role}：{self.name}" + (f"，{self.words}" if self.words else "")


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

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Return the checks that what is known contradicts (不通过); what could not be read is not among them."""
        return tuple(finding for finding in self.verdict.findings if finding.outcome == Truth.FAIL)


def own_applications(principal: Principal) -> QuerySet[Application]:
    """Return the principal's cases, the newest first, with what a list shows."""
    shown = ("matter", "organisation", "edition", "person", "agent")
    cases = Application.objects.filter(own(principal)).select_related(*shown)
    return cases.defer(*editions.UNREAD).order_by("-submitted_at", "-id")


def own_application(principal: Principal, *, reference: str) -> Application:
    """Return the principal's case, or raise NoSuchApplication. Whoever filed it for another is read when asked for."""
    application = _APPLICATIONS.first("WHERE approvals_application.reference = %s", [reference])
    if application is None or not is_applicant(principal, application):
        raise NoSuchApplication
    application.organisation = principal.organisation
    if application.person_id == principal.person.pk:
        application.person = principal.person
    application.edition = editions.row(application.edition_id)
    return application


def look_again(application: Application) -> Application:
    """Return a case one has already found as it stands now: what moves while it is open, read anew."""
    with connection.cursor() as cursor:  # worded here: a result page waits for this
        cursor.execute(_MOVING, [application.pk])
        row = cursor.fetchone()
    if row is None:
        raise NoSuchApplication
    for name, value in zip(MOVING, row, strict=True):
        setattr(application, name, value)
    return application


def own_draft(principal: Principal, *, reference: str) -> Draft:
    """Return the principal's draft, or raise NoSuchDraft."""
    draft = _DRAFTS.first("WHERE approvals_draft.reference = %s", [reference])
    if draft is None or not is_applicant(principal, draft):
        raise NoSuchDraft
    draft.edition = editions.row(draft.edition_id)
    return acted_on(draft, principal)


def attachment(file_id: UUID) -> Attachment | None:
    """Return what a file is attached to, if anything; whoever asks has to be held against that."""
    rows = Attachment.objects.select_related("file", "draft", "application")
    return rows.defer("draft__answers", "application__answers").filter(file_id=file_id).first()


def files_in_trouble(department: Department | None) -> QuerySet[Attachment]:
    """Return files of cases that the scan found infected, gave up, or left waiting; None: of the whole district."""
    late = Q(file__scan=StoredFile.Scan.UNSCANNED, file__created_at__lt=clock.now() - timedelta(hours=1))
    trouble = late | Q(file__scan__in=[StoredFile.Scan.INFECTED, StoredFile.Scan.FAILED])
    rows = Attachment.objects.filter(trouble, handed_in_at__isnull=False, replaced_at__isnull=True)
    if department is not None:
        rows = rows.filter(application__matter__department=department)
    found = rows.select_related("file", "application__matter").defer("application__answers")
    return found.order_by("-attached_at", "pk")[:FILES_AT_ONCE]


def acted_on(draft: Draft, principal: Principal) -> Draft:
    """Return a draft as its next step has it: an organisation's is taken up by whoever acts now."""
    draft.person, draft.organisation = principal.person, principal.organisation
    draft.agent, draft.mandate = principal.agent, principal.mandate
    return draft


def open_application(principal: Principal, *, matter: Matter) -> Application | None:
    """Return the principal's open case of a matter, if there is one."""
    cases = Application.objects.filter(own(principal), matter=matter, state__in=OPEN)
    return cases.select_related("authorisation").first()


def still_held(principal: Principal, *, matter: Matter, on: date) -> tuple[Application, Certificate] | None:
    """Return the newest case of a matter that was granted and whose certificate is valid on a day, with it."""
    granted = Decision.objects.filter(
        own(principal, of="application__"),
        application__matter=matter,
        application__state=ApplicationState.GRANTED,
        corrected_by__isnull=True,
    )
    cases = {f"decision:{one.pk}": one.application for one in granted.select_related("application")}
    issued = Certificate.objects.filter(source__in=cases, status=CertificateStatus.VALID)
    for certificate in issued.select_related("type").order_by("-issued_on", "-pk"):
        if not certificate.expired_on(on):
            return cases[str(certificate.source)], certificate
    return None


def draft_of(principal: Principal, *, matter: Matter) -> Draft | None:
    """Return the principal's draft of a matter, if there is one."""
    drafts = Draft.objects.filter(own(principal), matter=matter)
    return drafts.select_related("authorisation").first()


def agent_of(application: Application | Draft) -> Agent | None:
    """Return who acted for the applicant, None for a person's own; an organisation's head needs no mandate."""
    if application.mandate and (told := mandates.shown(application.mandate)) is not None:
        return Agent(told.role, (application.agent or application.person).name, told.words)
    if application.organisation_id is not None:
        return Agent("办理人", application.person.name, "")
    return None


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
    decision = _DECISIONS.first(_IN_FORCE, [application.pk])
    if decision is None or decision.judgement is None:
        return decision, latest_sheet(application)
    return decision, sheet(decision.judgement)


def certificate_of(decision: Decision | None) -> Certificate | None:
    """Return the certificate a decision issued."""
    if decision is None:
        return None
    return _CERTIFICATES.first("WHERE certificates_certificate.source = %s", [f"decision:{decision.pk}"])


def issued_for(principal: Principal) -> list[str]:
    """Return the sources of what the principal's cases issued: all that a mandate without certificates shows."""
    mine = Decision.objects.filter(own(principal, of="application__"))
    return [f"decision:{pk}" for pk in mine.order_by("pk").values_list("pk", flat=True)]


def references_of(principal: Principal) -> list[str]:
    """Return the references of the principal's drafts and cases, within the mandate of who acts."""
    kinds: tuple[type[Draft | Application], ...] = (Draft, Application)
    return [
        reference
        for model in kinds
        for reference in model._default_manager.filter(own(principal)).values_list("reference", flat=True)
    ]


def closed_to(person: Person, *, on: date) -> list[str]:
    """Return the cases the person acted in for others and may no longer see: nor then what was told of them."""
    with connection.cursor() as cursor:  # worded here: asked for every page of who has something unread
        cursor.execute(_ACTED, [person.pk, person.pk])
        found: list[tuple[str, UUID, UUID | None, str]] = cursor.fetchall()
    if not found:
        return []
    open_ones = {one.whom: one.limits for one in choices(person, on=on)}
    closed = []
    for reference, applicant, organisation, matter_code in found:
        limits = open_ones.get(
            f"person:{applicant}" if organisation is None else f"organisation:{organisation}"
        )
        if limits is None or not limits.covers(matter_code):
            closed.append(reference)
    return closed


def open_notice(application: Application) -> SupplementNotice | None:
    """Return the notice the applicant still has to answer."""
    return application.notices.filter(answered_at__isnull=True).first()


def queue_for(user: User) -> QuerySet[Application]:
    """Return the cases a person must decide in the department for which the user acts as officer, by due date.

    Raises UnknownIdentity.
    """
    rows = waiting_in(user, departments=[_deciding_for(user)])
    return rows.select_related("matter", "person", "organisation").order_by("due_on", "submitted_at", "id")


def waiting_in(
    user: User,
    *,
    departments: Sequence[int | None],
    state: ApplicationState = ApplicationState.IN_REVIEW,
) -> QuerySet[Application]:
    """Return the cases of departments that wait for a person, or for another reason.

    Cases in which the user or their household has a part are left out: nobody decides their own case.
    Raises UnknownIdentity.
    """
    digest = identifying.required(user)
    cases = Application.objects.filter(state=state, matter__department__in=departments)
    mine = Q(organisation__acting_rights__person__id_number_hash=digest)
    mine |= Q(person__id_number_hash=digest) | Q(agent__id_number_hash=digest)
    homes = identifying.homes_of(digest)
    mine |= Q(person__household_hash__in=homes) | Q(agent__household_hash__in=homes)
    return cases.filter(~Exists(Application.objects.filter(mine, pk=OuterRef("pk"))))


def application_for_officer(user: User, *, reference: str) -> Application:
    """Return a case of the department the user acts for in any state, or raise NoSuchApplication."""
    rows = Application.objects.select_related(
        "matter__department", "edition", "person", "organisation", "authorisation", "agent"
    )
    application = rows.filter(reference=reference, matter__department=_deciding_for(user)).first()
    if application is None:
        raise NoSuchApplication
    return application


def _deciding_for(user: User) -> int | None:
    """Return the department for which the user acts as officer now."""
    post = acting_as(user, Post.Role.OFFICER)
    return post.department_id if post is not None else None


def held_back() -> dict[str, dict[int, int]]:
    """Return for each register by matter how many cases are with an officer for want of its answer."""
    found: dict[str, dict[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HELD_BACK, [ApplicationState.IN_REVIEW])
        for register, matter, count in cursor.fetchall():
            found.setdefault(register, {})[matter] = count
    return found
