"""What the phone shows of the application a window takes: what would be filed, to be confirmed; what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from approvals import selectors
from approvals.applying import confirming
from approvals.models import Application, Draft
from approvals.states import ApplicationState
from certificates.models import Scan
from certificates.presenting.stages import Stage
from common.identifiers import mask_name
from matters.format.questions import AskedQuestion
from portal.citizen.showing import answers
from portal.citizen.showing.answers import Section
from portal.web.components.uploads import Upload
from portal.web.drafting import filling, uploading

NOT_FILED = frozenset({Stage.REFUSED, Stage.LAPSED, Stage.WITHDRAWN})
# state → icon, how it is drawn, heading, what happens next
WORDS = {
    ApplicationState.SUBMITTED: ("progress", "", "已提交，正在核验", "请稍等，结果马上显示在这里。"),
    ApplicationState.GRANTED: ("circle-check", "pass", "审批通过", "办好了。"),
    ApplicationState.IN_REVIEW: (
        "circle-check",
        "pass",
        "已受理",
        "由工作人员接着办，结果会发到您的消息里。",
    ),
    ApplicationState.SUPPLEMENTING: ("pencil", "", "已受理，需要补正", "要补什么，已经一次写明，请打开看。"),
    ApplicationState.REFUSED: ("circle-x", "", "不予通过", "理由和不服怎么办，写在决定书里。"),
    ApplicationState.WITHDRAWN: ("circle-x", "", "您撤回了申请", "本件已经结束。"),
}


@dataclass(frozen=True, slots=True)
class Filing:
    """The application of a scan: the draft that lies before the holder, or what was filed."""

    draft: Draft | None = None
    filed: Application | None = None

    @property
    def mark(self) -> str:
        """Return what is another when the phone has something new to show of it."""
        if self.filed is not None:
            return f":{self.filed.state}"
        return f":{self.seen}" if self.draft is not None else ""

    @property
    def seen(self) -> str:
        """Return as of when it is shown: what is confirmed is this and nothing newer."""
        return self.draft.shown_at.isoformat() if self.draft is not None and self.draft.shown_at else ""

    @property
    def undecided(self) -> bool:
        """Return whether the machine is at it."""
        return self.filed is not None and self.filed.state == ApplicationState.SUBMITTED


@dataclass(frozen=True, slots=True)
class Asked:
    """All that would be filed, and the promises that only the holder can give."""

    applicant: str
    sections: tuple[Section, ...]
    files: tuple[tuple[str, tuple[Upload, ...]], ...]
    promises: tuple[AskedQuestion, ...]


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it."""

    icon: str
    state: str
    heading: str
    words: str
    certificate: str


def filing(scan: Scan | None, stage: Stage | None, *, at: datetime) -> Filing:
    """Return what a scan's application has to show on the phone."""
    if scan is None or stage in NOT_FILED or not scan.case_reference:
        return Filing()
    if (filed := confirming.filed(scan)) is not None:
        return Filing(filed=filed)
    return Filing(draft=confirming.waiting(scan, at=at))


def asked(draft: Draft, *, at: datetime) -> Asked:
    """Return a draft in plain words; what is promised is asked, not told."""
    given = filling.known(draft, at=at)
    promises = tuple(one for one in confirming.promises(given.compiled) if given.is_asked(one))
    labels = {one.label for one in promises}
    sections = tuple(
        Section(one.title, rows)
        for one in answers.sections(draft, given)
        if (rows := tuple(row for row in one.rows if row.label not in labels))
    )
    name = draft.organisation.name if draft.organisation else mask_name(draft.person.name)
    return Asked(name, sections, uploading.grouped(given.compiled, draft), promises)


def came(filed: Application) -> Came:
    """Return where an application stands, with the certificate it brought."""
    decision, _ = selectors.decided(filed)
    certificate = selectors.certificate_of(decision)
    number = f"{certificate.type.name}，编号 {certificate.number}" if certificate else ""
    return Came(*WORDS[ApplicationState(filed.state)], number)
