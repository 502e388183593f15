"""Where a case stands: timeline from its events, and the calendar from acceptance to the due date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from approvals import clock
from approvals.models import Application, SupplementNotice
from approvals.states import ApplicationState, ClockKind
from common import workdays
from common.workdays import CalendarDay, YearStatus
from portal.web.components.parts import Day, Step
from portal.web.components.wording import cn_date, local, overdue
from records import journal
from records.models import Event

LABELS = {
    "submitted": "提交申请",
    "referred": "受理，转人工办理",
    "supplement_asked": "一次性告知补正",
    "supplemented": "补正",
    "supplement_late": "补正逾期，转人工办理",
    "granted": "作出准予决定",
    "refused": "作出不予批准决定",
    "withdrawn": "撤回申请",
    "looked_again": "重新核验",
    "revealed": "工作人员查看信息",
    "sheet_audited": "监督查看",
    "looked_at_to_try": "试算规则时查看",
    "authorisation": "用证授权",
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """The due date with every day that leads to it."""

    due: date
    start: date
    limit: int
    used: int
    left: int
    days: tuple[Day, ...]
    provisional: bool
    late: bool


def timeline(
    application: Application, *, deadline: Deadline | None, notice: SupplementNotice | None
) -> list[Step]:
    """Return what happened, what happens now, what is to come."""
    happened = [_done(event) for event in journal.events_of(application.stream)]
    return happened + _ahead(ApplicationState(application.state), deadline, notice)


def _done(event: Event) -> Step:
    return Step(LABELS.get(event.kind, "办理"), f"{local(event.at):%m-%d %H:%M:%S}，{event.text}", "done")


def _ahead(state: ApplicationState, deadline: Deadline | None, notice: SupplementNotice | None) -> list[Step]:
    decision = Step("作出决定", _decided_by(deadline), "ahead")
    match state:
        case ApplicationState.SUBMITTED:
            return [Step("系统核验", "有了结果发站内消息告诉您", "now", "正在核验"), decision]
        case ApplicationState.IN_REVIEW:
            return [Step("人工核实", _spent(deadline), "now"), decision]
        case ApplicationState.SUPPLEMENTING:
            by = _asked_by(notice, deadline) if notice else ""
            return [
                Step("补正", by, "now", "等您补正"),
                Step("重新核验", "补正后系统马上再核验一次；还核不实的，转人工并另告知期限", "ahead"),
                Step("作出决定", "", "ahead"),
            ]
    return []


def _decided_by(deadline: Deadline | None) -> str:
    if deadline is None:
        return ""
    if deadline.late:
        return f"最晚应在 {cn_date(deadline.due)}作出，已经超过；作出后发站内消息告诉您"
    return f"最晚 {cn_date(deadline.due)}，发站内消息告诉您"


def _asked_by(notice: SupplementNotice, deadline: Deadline | None) -> str:
    by = cn_date(notice.due_on)
    return f"最晚 {by}，已经过了" if deadline and deadline.late else f"最晚 {by}补好"


def _spent(deadline: Deadline | None) -> str:
    if deadline is None:
        return ""
    if deadline.late:
        return f"已用 {deadline.used} 个工作日，超过期限{overdue(-deadline.left)}"
    return f"已用 {deadline.used} 个工作日，还剩 {deadline.left} 个工作日"


def deadline(application: Application, *, on: date) -> Deadline | None:
    """Return the due date of an accepted case with its calendar, None while no clock runs."""
    if application.due_on is None:
        return None
    started = [line for line in clock.ledger(application) if line.kind == ClockKind.START]
    if not started:
        return None
    return _calendar(started[0].day, application.due_on, on=on)


def notice_deadline(notice: SupplementNotice, *, on: date) -> Deadline:
    """Return the day by which a notice must be answered, with its calendar."""
    return _calendar(timezone.localdate(notice.issued_at), notice.due_on, on=on, first="告知")


def _calendar(start: date, due: date, *, on: date, first: str = "受理") -> Deadline:
    days = workdays.days_of(start, due)
    return Deadline(
        due=due,
        start=start,
        limit=workdays.workdays_between(start, due),
        used=max(0, workdays.workdays_between(start, on)),
        left=workdays.workdays_between(on, due),
        days=tuple(_days(days, on=on, first=first)),
        provisional=workdays.year_status(due.year) == YearStatus.PROVISIONAL,
        late=on > due,
    )


def _days(days: Sequence[CalendarDay], *, on: date, first: str) -> list[Day]:
    last = days[-1].day
    return [_day(one, last=last, on=on, first=first if index == 0 else "") for index, one in enumerate(days)]


def _day(one: CalendarDay, *, last: date, on: date, first: str) -> Day:
    if one.day == last and not first:
        return Day(one.day, "late" if on > last else "due", str(one.number or ""), today=one.day == on)
    if first:
        return Day(one.day, "start", first, today=one.day == on)
    if one.number is None:
        return Day(one.day, "rest", one.holiday or "休", today=one.day == on)
    return Day(one.day, "work", str(one.number), today=one.day == on)
