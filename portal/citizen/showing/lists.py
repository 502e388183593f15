"""Lists of the citizen's own things as rows, each with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.acting.principals import Principal
from approvals.models import Application, Draft
from approvals.permissions import own
from approvals.states import ApplicationState
from common import clock
from portal.web.components import uses
from portal.web.components.wording import cn_date
from registers.models import RegisterCall

S = ApplicationState
PILLS = {
    S.SUBMITTED: ("waiting", "正在核验"),
    S.IN_REVIEW: ("waiting", "人工办理中"),
    S.SUPPLEMENTING: ("unknown", "等您补正"),
    S.GRANTED: ("pass", "已通过"),
    S.REFUSED: ("fail", "不予批准"),
    S.WITHDRAWN: ("neutral", "已撤回"),
}


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """One case of the list."""

    application: Application
    pill: str
    words: str
    status: str


def application_rows(applications: Iterable[Application]) -> list[ApplicationRow]:
    """Return the cases with their state in words."""
    return [ApplicationRow(one, *PILLS[S(one.state)], _status(one)) for one in applications]


def _status(one: Application) -> str:
    if one.state == S.SUBMITTED:
        return "已保存，正在核验，可以离开"
    if one.state == S.IN_REVIEW and one.due_on:
        if clock.today() > one.due_on:
            return f"最晚应在 {cn_date(one.due_on)}办结，已经超过期限"
        return f"最晚 {cn_date(one.due_on)}办结"
    if one.state == S.SUPPLEMENTING:
        return "请按补正告知修改后再提交"
    return f"{cn_date(one.closed_at)}办结" if one.closed_at else ""


def own_drafts(principal: Principal) -> QuerySet[Draft]:
    """Return the principal's drafts, the newest first."""
    rows = Draft.objects.filter(own(principal)).select_related("matter", "organisation").defer("answers")
    return rows.order_by("-saved_at", "pk")


@dataclass(frozen=True, slots=True)
class CallRow:
    """One question to a register as the person it was asked about reads it."""

    call: RegisterCall
    matter: str
    pill: str


CALL_PILLS = {
    RegisterCall.Outcome.HIT: "neutral",
    RegisterCall.Outcome.NO_HIT: "neutral",
    RegisterCall.Outcome.FAILED: "unknown",
    RegisterCall.Outcome.UNSENT: "unknown",
    RegisterCall.Outcome.ASKED: "waiting",
}


def call_rows(calls: Iterable[RegisterCall]) -> list[CallRow]:
    """Return what was asked of registers without consent, for the law allows it: which, for what, with what result."""
    shown = list(calls)
    names = uses.matter_names({call.matter_code for call in shown})
    return [
        CallRow(
            call, names.get(call.matter_code, call.purpose), CALL_PILLS[RegisterCall.Outcome(call.outcome)]
        )
        for call in shown
    ]
