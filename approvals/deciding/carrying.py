"""Carrying out a verdict: lock, look whether it still stands, then one commit of judgement and consequence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from accounts import actors
from approvals import clock, telling, workflow
from approvals.deciding import granting
from approvals.deciding.facts import Collected
from approvals.deciding.granting import Grant
from approvals.models import Application, Judgement, SupplementNotice
from approvals.states import ApplicationState
from approvals.workflow import Move
from certificates.holding import using
from certificates.models import Seal
from certificates.sealing import seals
from common import workdays
from common.statements.planned import Planned
from common.statements.worded import Insert
from matters import editions
from matters.models import Matter
from records.proving.chain import Json
from rules.language.values import (
    Finding,
    Leaf,
    SourceKind,
    Truth,
    Verdict,
    VerdictKind,
    facts_to_json,
    verdict_to_json,
)
from rules.wording.showing import reason_text

GAVE_UP = "系统多次核验没有完成，转工作人员办理"
RECOMMENDED = "系统核验全部通过，建议准予；这类事项由工作人员作出决定"
STOPPED = (
    "这个事项现在由工作人员办理"  # what the applicant reads too; officers see who stopped it, when and why
)
UNSEALED = (
    "发证单位的电子印章现在不能使用，证照不能自动签发，由工作人员办理"  # nothing is lost; see `NoUsableSeal`
)
_JUDGEMENTS = Insert(Judgement)
_LOCK = Planned("""
SELECT id, attempts, (SELECT count(*) FROM approvals_judgement j WHERE j.application_id = a.id),
       (SELECT m.instant_stop_id IS NOT NULL FROM matters_matter m WHERE m.id = a.matter_id)
  FROM approvals_application a WHERE id = ANY(%s::uuid[]) AND state = %s ORDER BY id FOR UPDATE
""")


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict over collected facts, not yet carried out."""

    collected: Collected
    verdict: Verdict
    on: date
    at: datetime
    judge_us: int

    @property
    def application(self) -> Application:
        """Return the case."""
        return self.collected.application


@dataclass(frozen=True, slots=True)
class _Held:
    """A case under our lock: how often it was judged before, and whether deciding its matter at once is stopped."""

    earlier: int
    stopped: bool


def carry_out(judged: Sequence[Judged], *, at: datetime) -> list[str]:
    """Make verdicts real in the caller's transaction and return the references of the cases that moved.

    A case that moved meanwhile is left alone. A case whose certificates or consent changed since they were read gives
    its lease back and is collected again. While deciding a matter at once is stopped (秒批停用) or its department has
    no seal to sign with, what would be granted goes to a person; its judgement stays what it was.
    """
    locked = _lock([one.application for one in judged])
    held = [one for one in judged if one.application.pk in locked]
    changed = using.changed([one.collected.readings for one in held], on=at.date())
    _give_back([one.application for one, stale in zip(held, changed, strict=True) if stale])
    standing = [one for one, stale in zip(held, changed, strict=True) if not stale]
    judgements = _store(standing, {pk: one.earlier for pk, one in locked.items()})
    barred = {pk: STOPPED for pk, one in locked.items() if one.stopped}
    granted = [one for one in standing if _grants(one, barred)]
    sealed = seals.active_for({_organ(one) for one in granted}, at=at)  # locked until they have signed
    barred |= {one.application.pk: UNSEALED for one in granted if _organ(one) not in sealed}
    _grant([one for one in granted if _grants(one, barred)], judgements, sealed, at)
    _supplement([one for one in standing if one.verdict.kind == VerdictKind.SUPPLEMENT], judgements, at)
    _refer([one for one in standing if _needs_person(one, barred)], barred, judgements, at)
    return [one.application.reference for one in standing]


def refer_unjudged(applications: Sequence[Application], *, at: datetime) -> list[str]:
    """Hand cases that could not be judged in several attempts to an officer, with the reason."""
    ours = _lock(applications)
    held = [application for application in applications if application.pk in ours]
    _to_officer([(application, GAVE_UP, {}) for application in held], at)
    return [application.reference for application in held]


def _lock(applications: Iterable[Application]) -> dict[UUID, _Held]:
    """Lock those still waiting under our claim, in one order; `attempts` is the fencing token."""
    wanted = {application.pk: application.attempts for application in applications}
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(wanted), ApplicationState.SUBMITTED])
        rows = cursor.fetchall()
    return {pk: _Held(earlier, stopped) for pk, attempts, earlier, stopped in rows if attempts == wanted[pk]}


def _give_back(applications: Sequence[Application]) -> None:
    if applications:
        Application.objects.filter(pk__in=[one.pk for one in applications]).update(lease_until=None)


def _store(judged: Sequence[Judged], earlier: Mapping[UUID, int]) -> dict[UUID, Judgement]:
    """Store one judgement a case, numbered after the earlier ones."""
    judgements = [_judgement(one, earlier[one.application.pk] + 1) for one in judged]
    _JUDGEMENTS.rows(judgements)
    return {judgement.application_id: judgement for judgement in judgements}


def _judgement(one: Judged, number: int) -> Judgement:
    return Judgement(
        application=one.application,
        number=number,
        edition=one.application.edition,
        verdict=one.verdict.kind.value.lower(),
        on=one.on,
        record={"facts": facts_to_json(one.collected.facts), "verdict": verdict_to_json(one.verdict)},
        silent_registers=silent_registers(one.verdict),
        judged_at=one.at,
        collect_ms=one.collected.collect_ms,
        judge_us=one.judge_us,
    )


def silent_registers(verdict: Verdict) -> list[str]:
    """Return the registers for want of whose answer something stayed unproven; names only, they stand in clear."""
    leaves = [leaf for one in verdict.findings if one.outcome == Truth.UNKNOWN for leaf in one.leaves]
    sources = [leaf.source for leaf in (*leaves, *verdict.outcome_leaves) if leaf.outcome == Truth.UNKNOWN]
    return sorted({one.name for one in sources if one is not None and one.kind == SourceKind.REGISTER})


def _organ(one: Judged) -> str:
    """Return the credit code of the organ that decides, and signs what is granted."""
    return one.application.matter.department.credit_code


def _grants(one: Judged, barred: Mapping[UUID, str]) -> bool:
    """Return whether the machine grants: by the mode of the case's own edition, unless something bars that now."""
    instant = one.collected.compiled.package.mode == Matter.Mode.INSTANT_APPROVAL.value
    return one.verdict.kind == VerdictKind.GRANT and instant and one.application.pk not in barred


def _needs_person(one: Judged, barred: Mapping[UUID, str]) -> bool:
    return one.verdict.kind != VerdictKind.SUPPLEMENT and not _grants(one, barred)


def _grant(
    judged: Sequence[Judged],
    judgements: Mapping[UUID, Judgement],
    sealed: Mapping[str, Seal],
    at: datetime,
) -> None:
    if not judged:
        return
    grants = [
        Grant(
            application=one.application,
            compiled=one.collected.compiled,
            facts=one.collected.facts,
            outcome=one.verdict.outcome.values if one.verdict.outcome else {},
            judgement=judgements[one.application.pk],
            reasons=f"{len(one.verdict.findings)} 项核验全部通过，符合法定条件。",
        )
        for one in judged
    ]
    granting.grant_many(grants, at=at, seals=sealed)


def _refer(
    judged: Sequence[Judged], barred: Mapping[UUID, str], judgements: Mapping[UUID, Judgement], at: datetime
) -> None:
    _to_officer(
        [
            (
                one.application,
                referral_reason(one.verdict, barred=barred.get(one.application.pk, "")),
                {"judgement": str(judgements[one.application.pk].pk)},
            )
            for one in judged
        ],
        at,
    )


def _to_officer(rows: Sequence[tuple[Application, str, dict[str, Json]]], at: datetime) -> None:
    """Accept the cases, start their clocks, and put them into the queue with the reason (受理)."""
    if not rows:
        return
    clock.start_many(
        [(one, editions.compiled(one.edition).package.guide.committed.workdays) for one, _, _ in rows], at=at
    )
    before = {one.pk for one, _, _ in rows if one.referral_reason}
    for application, reason, _ in rows:
        application.referral_reason = reason[:200]
    workflow.advance_many(
        [
            Move(
                one,
                ApplicationState.IN_REVIEW,
                actors.SYSTEM,
                "referred",
                f"已受理，转人工办理。{reason}。",
                details,
            )
            for one, reason, details in rows
        ],
        at=at,
    )
    news = [
        telling.referred(one, before=one.pk in before, stopped=reason in {STOPPED, UNSEALED})
        for one, reason, _ in rows
    ]
    telling.tell(news, at=at)


def referral_reason(verdict: Verdict, *, barred: str = "") -> str:
    """Return in one line why a person must look: every unproven check with its reason, or that nothing is granted."""
    unproven = [finding for finding in verdict.findings if finding.outcome != Truth.PASS]
    if unproven:
        return "；".join(f"{finding.name}：{why(finding)}" for finding in unproven)
    if barred:
        return barred
    return RECOMMENDED if verdict.kind == VerdictKind.GRANT else "系统不能确定批准内容"


def why(finding: Finding) -> str:
    """Return the reason of one finding that did not pass: the source that failed, or what was seen instead."""
    if finding.outcome == Truth.FAIL:
        return "核验不通过"
    return "、".join(sorted({_unknown(leaf) for leaf in finding.leaves if leaf.outcome == Truth.UNKNOWN}))


def _unknown(leaf: Leaf) -> str:
    reason = reason_text(leaf.reason, leaf.source.kind if leaf.source else SourceKind.FORM)
    is_register = leaf.source is not None and leaf.source.kind == SourceKind.REGISTER
    return (
        f"{reason}（{leaf.source.detail}）" if leaf.source and is_register and leaf.source.detail else reason
    )


def _supplement(judged: Sequence[Judged], judgements: Mapping[UUID, Judgement], at: datetime) -> None:
    """Tell all defects at once and open exactly the fields they concern."""
    if not judged:
        return
    notices = [_notice(one, judgements[one.application.pk], at) for one in judged]
    SupplementNotice.objects.bulk_create(notices)
    moves = [
        Move(
            notice.application,
            ApplicationState.SUPPLEMENTING,
            actors.SYSTEM,
            "supplement_asked",
            f"有 {len(notice.items)} 处需要补正，请在 {notice.due_on:%Y-%m-%d} 前一次补齐。",
            {"notice": str(notice.pk)},
        )
        for notice in notices
    ]
    workflow.advance_many(moves, at=at)
    telling.tell([telling.noticed(notice) for notice in notices], at=at)


def _notice(one: Judged, judgement: Judgement, at: datetime) -> SupplementNotice:
    defects = [finding for finding in one.verdict.findings if finding.outcome != Truth.PASS]
    return SupplementNotice(
        application=one.application,
        judgement=judgement,
        items=[
            {"name": finding.name, "text": finding.told, "opens": list(finding.opens)} for finding in defects
        ],
        issued_by=actors.SYSTEM,
        issued_at=at,
        due_on=workdays.add_workdays(at.date(), one.collected.compiled.package.supplement_workdays),
    )
