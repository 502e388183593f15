"""A register that hangs or is down holds up those that need it, and nobody else."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import pytest

from approvals import deciding, selectors
from approvals.applying import drafting, submission
from approvals.deciding import announcing, waiting
from approvals.models import Application, Judgement
from approvals.states import ApplicationState as S
from common import clock
from portal.web.components import sheets
from registers import defining
from registers.models import Register, RegisterCall
from registers.standin.desk import FaultKind
from tests.factories import district
from tests.factories.district import ALLOWANCE, BUSINESS
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db
HANGS = "civil_status"
SHOP: dict[str, Any] = {
    "scope": "clothing",
    "street": "440507003",
    "address": "长平路 9 号",
    "commitment": True,
}


def elder(city: Standin) -> Application:
    """Apply for what needs the register of deaths."""
    who = district.citizen(city).principal
    draft = drafting.start(who, matter=district.matter(ALLOWANCE), consent=True)
    return submission.submit(who, reference=draft.reference, key="k")


def shop(city: Standin, name: str) -> Application:
    """Apply for what does not."""
    owner = district.citizen(city, name="林文彬", born=date(1990, 5, 1)).principal
    draft = drafting.start(owner, matter=district.matter(BUSINESS), consent=True)
    drafting.save(owner, reference=draft.reference, answers={**SHOP, "name": f"示例市龙湖区{name}服装店"})
    return submission.submit(owner, reference=draft.reference, key="k")


def patient(name: str, **changes: Any) -> None:
    """Change a register's definition."""
    row = Register.objects.get(name=name)
    given = {field: getattr(row, field) for field in defining.RegisterDefinition.model_fields}
    defining.save({**given, **changes})


class Carried:
    """When each case was carried out, in seconds since the first look."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began = time.monotonic()
        self.at: dict[str, float] = {}
        self.waves: list[Collection[str]] = []
        self.then: Any = None
        monkeypatch.setattr(announcing, "announce", self.announce)

    def announce(self, references: Collection[str]) -> None:
        self.waves.append(references)
        self.at |= dict.fromkeys(references, time.monotonic() - self.began)
        if self.then:
            then, self.then = self.then, None
            then()


def test_a_register_that_hangs_holds_up_nobody_else(
    city: Standin, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.REGISTER_BUDGET_MS = 2500
    patient(HANGS, timeout_ms=9000)
    elder(city)
    shop(city, "先来")
    deciding.decide_waiting()  # a worker that has just begun prepares its editions first
    city.fail(HANGS, FaultKind.SILENCE)
    slow = [elder(city) for _ in range(6)]
    quick = [shop(city, f"甲{at:02d}") for at in range(20)]
    later: list[Application] = []
    carried = Carried(monkeypatch)
    carried.then = lambda: later.append(shop(city, "后来"))
    assert deciding.decide_waiting().carried == 27
    states = dict(Application.objects.values_list("reference", "state"))
    assert {states[one.reference] for one in quick + later} == {S.GRANTED}
    assert {states[one.reference] for one in slow} == {S.IN_REVIEW}
    last = max(carried.at[one.reference] for one in quick)
    assert last < 2.0  # 450 to 500 ms on two cores with a load of five, 170 ms of it CPU time
    assert carried.at[later[0].reference] < 2.4
    ends = [carried.at[one.reference] for one in slow]
    assert min(ends) >= 2.45
    assert max(ends) < 4.0
    reason = Application.objects.get(pk=slow[0].pk).referral_reason
    assert "数据源未响应（等了太久，没有等到回答）" in reason


def test_a_healthy_batch_is_carried_out_as_one(city: Standin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "FIRST_SECONDS", 5.0)  # however busy the machine is
    for _ in range(5):
        elder(city)
    carried = Carried(monkeypatch)
    deciding.decide_waiting()
    assert [len(wave) for wave in carried.waves] == [5]


def test_once_its_breaker_is_open_nobody_waits_and_the_sheet_says_why(
    city: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient(HANGS, breaker_failures=1)
    city.fail(HANGS, FaultKind.ERROR)
    first = elder(city)
    deciding.decide_waiting()
    city.fail(HANGS, FaultKind.SILENCE)
    second = elder(city)
    carried = Carried(monkeypatch)
    deciding.decide_waiting()
    assert carried.at[second.reference] < 1.0
    call = RegisterCall.objects.get(case_reference=second.reference, register__name=HANGS)
    assert (call.outcome, call.attempts) == ("unsent", 0)
    application = Application.objects.get(pk=second.pk)
    told = "数据源未响应（对方系统这几分钟都没有回答，先不再问）"
    assert application.state == S.IN_REVIEW
    assert told in application.referral_reason
    sheet = selectors.latest_sheet(application)
    assert sheet is not None
    assert any(told in one.why for one in sheets.unproven(sheet))
    for one in (first, second):
        assert Judgement.objects.get(application=one).silent_registers == [HANGS]


def test_a_granted_case_names_no_silent_register(city: Standin) -> None:
    case = elder(city)
    deciding.decide_waiting()
    assert Judgement.objects.get(application=case).silent_registers == []


def test_a_kept_answer_keeps_its_own_time_in_the_facts(city: Standin, settings: Any) -> None:
    if settings.REDIS_URL.startswith("redis://127.0.0.1:9/"):
        pytest.skip("REDIS_URL is not set")
    patient("name_approval", cache_seconds=3600)
    shop(city, "同问")
    deciding.decide_waiting()
    clock.set_source(lambda: NOON + timedelta(minutes=20))
    second = shop(city, "同问")  # the name is taken by now, and the register asked the same question
    deciding.decide_waiting()
    call = RegisterCall.objects.get(case_reference=second.reference, register__name="name_approval")
    assert (call.answer_of, call.attempts) == (NOON, 0)
    sheet = selectors.latest_sheet(Application.objects.get(pk=second.pk))
    assert sheet is not None
    times = {
        name: fact.source.at
        for name, fact in sheet.facts.items()
        if name.startswith("register.") and fact.source
    }
    assert times["register.name_approval.available"] == NOON
    assert times["register.credit_blacklist.listed"] == NOON + timedelta(minutes=20)
