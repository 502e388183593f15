"""What a decision says: the sentence, how long it took, the certificate it issued, what may be done against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from approvals.deciding import results
from approvals.deciding.results import Granting
from approvals.models import Application, Decision
from approvals.selectors import Sheet
from approvals.states import Maker
from matters import editions
from matters.editions import Compiled
from portal.web.components.wording import duration_cn, local
from rules.language.raw import value_of
from rules.language.values import Value

INSTANT_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of an instant decision and how long it really took."""

    name: str
    took: str


def sentence(application: Application, decision: Decision, sheet: Sheet | None) -> str:
    """Return what the result page says first, from the edition's own sentence."""
    compiled = editions.compiled(application.edition)
    granting = Granting(
        compiled,
        sheet.facts if sheet else {},
        _outcome(compiled, decision),
        timezone.localdate(decision.decided_at),
    )
    return results.sentence(compiled.package.result.sentence, granting)


def _outcome(compiled: Compiled, decision: Decision) -> dict[str, Value]:
    """Return what was granted in the types of its columns, whether a machine or a person chose it."""
    table = compiled.package.outcome
    columns = table.columns if table else {}
    typed = {name: value_of(decision.outcome.get(name), spec=spec) for name, spec in columns.items()}
    return {name: value for name, value in typed.items() if value is not None}


def took(application: Application, decision: Decision) -> str:
    """Return how long the machine had the case, from its waiting to its decision; empty for an officer's."""
    if decision.maker != Maker.SYSTEM:
        return ""
    return duration_cn(max(0.0, _waited(application, decision).total_seconds()))


def instant(application: Application, decision: Decision) -> bool:
    """Return whether the machine decided within what 秒批 promises; after trouble it is automatic, but not instant."""
    return decision.maker == Maker.SYSTEM and _waited(application, decision) <= INSTANT_WITHIN


def _waited(application: Application, decision: Decision) -> timedelta:
    return decision.decided_at - application.waiting_since


def stages(application: Application, decision: Decision) -> list[Stage]:
    """Return the stages of an instant decision; none for an officer's."""
    judgement = decision.judgement
    if decision.maker != Maker.SYSTEM or judgement is None:
        return []
    return [
        Stage("收到申请", f"{local(application.waiting_since):%H:%M:%S}"),
        Stage("查证照和数据", duration_cn(judgement.collect_ms / 1000)),
        Stage("逐项比对", duration_cn(judgement.judge_us / 1_000_000)),
        Stage("决定并签发证照", f"{local(decision.decided_at):%H:%M:%S}"),
    ]
