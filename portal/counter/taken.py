"""What a window shows of an application it took: where it stands, in words for the person who waits there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from approvals import selectors
from approvals.deciding import announcing
from approvals.models import Application
from approvals.states import ApplicationState
from common.identifiers import mask_name

# state → pill, icon, heading, what to tell the person
WORDS = {
    ApplicationState.SUBMITTED: ("waiting", "progress", "正在核验", "已经收下，系统正在核验。请稍等。"),
    ApplicationState.GRANTED: ("pass", "circle-check", "审批通过", "可以请群众在手机“我的证照”里查看。"),
    ApplicationState.IN_REVIEW: (
        "waiting",
        "clock",
        "已受理，转工作人员办理",
        "请告诉群众件号和办结日期，结果会发到手机上。",
    ),
    ApplicationState.SUPPLEMENTING: (
        "unknown",
        "pencil",
        "需要补正",
        "要补什么，已经一次告知群众：请群众在手机上看，也可以现在当面说明。",
    ),
    ApplicationState.REFUSED: ("fail", "circle-x", "不予通过", "理由和救济途径在决定书里。"),
    ApplicationState.WITHDRAWN: ("neutral", "circle-x", "已撤回", "群众已经撤回申请，本件结束。"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """An application at a window."""

    application: Application
    applicant: str
    pill: str
    icon: str
    heading: str
    tell: str
    number: str
    certificate: str
    due_on: date | None

    @property
    def refresh(self) -> int:
        """Return after how many seconds to look again; 0: it is decided, or a person has it."""
        return 2 if self.application.state == ApplicationState.SUBMITTED else 0


def page(application: Application, *, wait: bool) -> Page:
    """Return where it stands; `wait` gives the worker its moment first."""
    if wait and application.state == ApplicationState.SUBMITTED:
        announcing.wait(application.reference, seconds=settings.INSTANT_WAIT_SECONDS)
        application.refresh_from_db(fields=["state", "due_on", "referral_reason"])
    pill, icon, heading, tell = WORDS[ApplicationState(application.state)]
    decision, _ = selectors.decided(application)
    certificate = selectors.certificate_of(decision)
    return Page(
        application,
        application.organisation.name if application.organisation else mask_name(application.person.name),
        pill,
        icon,
        heading,
        tell,
        number=certificate.number if certificate else "",
        certificate=certificate.type.name if certificate else "",
        due_on=application.due_on if application.state == ApplicationState.IN_REVIEW else None,
    )
