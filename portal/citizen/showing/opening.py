"""The result page in every state: everything its templates are given, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest

from accounts.acting.principals import Principal
from accounts.models import Organisation
from approvals import selectors
from approvals.models import Application, Decision, SupplementNotice
from approvals.selectors import Agent
from approvals.states import OPEN, ApplicationState
from certificates.models import Certificate
from common import clock
from evaluations.models import RatedCase, Rating
from evaluations.permissions import RATABLE
from evaluations.tags import tags
from matters import editions
from matters.format.guide import Guide
from portal.citizen.showing import faces, outcome, progress
from portal.citizen.showing.outcome import Stage
from portal.citizen.showing.progress import Deadline
from portal.web.components import sheets
from portal.web.components.parts import CertificateFace, Law, Level, SheetRow, Step
from portal.web.components.sheets import Unproven
from portal.web.components.uploads import Upload
from portal.web.drafting import uploading

BUSY_AFTER = outcome.INSTANT_WITHIN
PAGES = {
    ApplicationState.SUBMITTED: "citizen/waiting.html",
    ApplicationState.IN_REVIEW: "citizen/referred.html",
    ApplicationState.SUPPLEMENTING: "citizen/supplementing.html",
    ApplicationState.GRANTED: "citizen/granted.html",
    ApplicationState.REFUSED: "citizen/refused.html",
    ApplicationState.WITHDRAWN: "citizen/withdrawn.html",
}


@dataclass(frozen=True, slots=True)
class RatingTry:
    """A rating as it was sent, shown again with what is wrong."""

    chosen: str = ""
    tags: tuple[str, ...] = ()
    comment: str = ""
    anonymous: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class OpenedApplication:
    """One case as its applicant reads it."""

    application: Application
    principal: Principal
    agent: Agent | None
    guide: Guide
    edition: int
    rows: tuple[SheetRow, ...] = ()
    counted: str = ""
    unproven: tuple[Unproven, ...] = ()
    decision: Decision | None = None
    sentence: str = ""
    took: str = ""
    instant: bool = False
    stages: tuple[Stage, ...] = ()
    face: CertificateFace | None = None
    new_organisation: Organisation | None = None
    deadline: Deadline | None = None
    notice: SupplementNotice | None = None
    files: tuple[tuple[str, tuple[Upload, ...]], ...] = ()
    steps: tuple[Step, ...] = ()
    may_rate: bool = False
    rated: bool = False
    attempt: RatingTry = field(default_factory=RatingTry)

    @property
    def template(self) -> str:
        """Return the page of the state."""
        return PAGES[ApplicationState(self.application.state)]

    @property
    def failed(self) -> int:
        """Return how many checks say that a condition is not met: found out, not unproven."""
        return sum(one.outcome == "fail" for one in self.unproven)

    @property
    def unclear(self) -> int:
        """Return how many checks could not be proven either way."""
        return len(self.unproven) - self.failed

    @property
    def why_by_hand(self) -> str:
        """Return why a person decides, each kind by its own name: 不符合 is not 核不实."""
        said = []
        if self.failed:
            said.append(f"有 {self.failed} 项不符合，由工作人员核对后决定")
        if self.unclear:
            said.append(f"有 {self.unclear} 项系统核不实，由工作人员替您查清")
        return f"{'；'.join(said) or '由工作人员作出决定'}。"

    @property
    def laws(self) -> tuple[Law, ...]:
        """Return every law the checks stand on, each once, for the paper: a fold cannot be opened there."""
        return tuple(dict.fromkeys(law for row in self.rows for law in row.laws))

    @property
    def late(self) -> bool:
        """Return whether the office should have decided by now."""
        return self.deadline is not None and self.deadline.late and self.notice is None

    @property
    def busy(self) -> bool:
        """Return whether the machine keeps the applicant waiting longer than usual."""
        return clock.now() - self.application.waiting_since > BUSY_AFTER


def levels() -> list[Level]:
    """Return the five rating levels, the best first, each with its tags."""
    known = tags()
    return [Level(value, str(label), tuple(known[value].items())) for value, label in Rating.Level.choices]


def opened(
    request: HttpRequest, principal: Principal, application: Application, attempt: RatingTry
) -> OpenedApplication:
    """Return the case with all that its state has to show."""
    today = clock.today()
    compiled = editions.compiled(application.edition)
    decision, sheet = selectors.decided(application)
    notice = (
        selectors.open_notice(application) if application.state == ApplicationState.SUPPLEMENTING else None
    )
    due = _deadline(application, notice, on=today)
    certificate = selectors.certificate_of(decision)
    ratable = application.state in RATABLE
    rated = ratable and RatedCase.objects.filter(application=application).exists()
    granted = decision is not None and application.state == ApplicationState.GRANTED
    return OpenedApplication(
        application=application,
        principal=principal,
        agent=selectors.agent_of(application),
        guide=compiled.package.guide,
        edition=application.edition.number,
        rows=tuple(sheets.told_rows(sheet)) if sheet else (),
        counted=sheets.counted(sheet) if sheet else "",
        unproven=tuple(sheets.unproven(sheet)) if sheet else (),
        decision=decision,
        sentence=outcome.sentence(application, decision, sheet) if decision and granted else "",
        took=outcome.took(application, decision) if decision and granted else "",
        instant=bool(decision and granted and outcome.instant(application, decision)),
        stages=tuple(outcome.stages(application, decision)) if decision and granted else (),
        face=_face(request, certificate, application),
        new_organisation=certificate.holder_organisation
        if certificate and not application.organisation_id
        else None,
        deadline=due,
        notice=notice,
        files=uploading.grouped(compiled, application),
        steps=tuple(progress.timeline(application, deadline=due, notice=notice)),
        may_rate=ratable and not rated,
        rated=rated,
        attempt=attempt,
    )


def _deadline(application: Application, notice: SupplementNotice | None, *, on: date) -> Deadline | None:
    """Return the day something is due: of the notice, of the decision, none once the case is closed."""
    if application.state not in OPEN:
        return None
    return progress.notice_deadline(notice, on=on) if notice else progress.deadline(application, on=on)


def _face(
    request: HttpRequest, certificate: Certificate | None, application: Application
) -> CertificateFace | None:
    """Return the card of what was issued, seen by its holder: the applicant, or the organisation it brought about."""
    if certificate is None:
        return None
    holder = Principal(application.person, certificate.holder_organisation)
    return faces.face(request, certificate, viewer=holder, on=clock.today(), opened=False)
