"""The case page: what the machine could not prove first, then the sheet, the answers with sources, what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actors
from accounts.models import User
from approvals import deciding, reviewing
from approvals.applying import drafting, submission
from approvals.deciding.carrying import GAVE_UP
from approvals.models import Application
from approvals.states import ApplicationState as S
from common import clock
from common.identifiers import mask_id
from records.models import JournalEntry
from tests.factories import district
from tests.factories.district import FILING
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
REFUSAL = "公安人口信息显示户籍已迁出本区，不符合第四条第一项。"


def page(desk: Client, application: Application) -> str:
    response = desk.get(reverse("bureau:application", args=[application.reference]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_name_is_shown_and_numbers_and_addresses_are_masked(desk: Client, waiting: Application) -> None:
    text = page(desk, waiting)
    person = waiting.person
    assert "<h1>陈秀英" in text
    assert mask_id(person.id_number) in text
    for secret in (person.id_number, person.mobile, "长平路 7 号", "6217"):
        assert secret not in text


def test_what_is_not_proven_comes_first_with_reason_and_source(desk: Client, waiting: Application) -> None:
    text = page(desk, waiting)
    why, sheet = text.index("人口死亡登记信息：数据源未响应"), text.index("通过，2 项未能核实")
    assert why < sheet < text.index("申请内容") < text.index("办理过程")
    assert "系统转人工：2 项未能核实" in text
    assert "没有重复领取" in text[:sheet]
    assert "年龄达到要求" not in text[:sheet]


def test_an_outcome_that_could_not_be_chosen_is_said(desk: Client, city: datetime) -> None:
    text = page(desk, making.referred(district.citizen(without=("resident_id",))))
    assert "批准内容没有确定" in text


def test_answers_carry_their_source_and_what_was_corrected(desk: Client, city: datetime) -> None:
    text = page(desk, making.referred(district.citizen(), mobile="13900139000"))
    assert "来自居民户口簿，第 1 版" in text
    assert "申请人更正过；" in text
    assert "139****9000" in text


def test_materials_say_how_they_were_met(desk: Client, city: datetime) -> None:
    text = page(desk, making.referred(district.citizen(without=("household_register",))))
    materials = text.split("申请材料")[1].split("办理过程")[0]
    assert "由工作人员核对" in materials
    assert "第 1 版" in materials


def test_an_organisation_is_shown_with_its_code_and_who_acts(
    signed_in: Callable[[User], Client], city: datetime
) -> None:
    desk = signed_in(district.officer("11440507MB2X00020L"))
    owner = district.business()
    application = making.referred(owner, matter=FILING, commitment=True)
    text = page(desk, application)
    assert owner.organisation is not None
    assert owner.organisation.credit_code in text
    assert "办理人：林文彬" in text
    assert owner.organisation.name in text


def test_a_case_the_machine_gave_up_on_is_still_readable(desk: Client, city: datetime) -> None:
    application = making.submitted(district.citizen())
    Application.objects.filter(pk=application.pk).update(
        state=S.IN_REVIEW, referral_reason=GAVE_UP, due_on=clock.today()
    )
    text = page(desk, application)
    assert GAVE_UP in text
    assert "系统没有完成核验" in text
    assert desk.get(reverse("bureau:grant", args=[application.reference])).status_code == 200


def test_a_decided_case_shows_the_decision_and_no_acts(
    desk: Client, officer: User, waiting: Application
) -> None:
    reviewing.refuse(officer, application=waiting, reasons=REFUSAL)
    text = page(desk, waiting)
    assert REFUSAL in text
    assert "60 日内向示例市龙湖区人民政府申请行政复议" in text
    assert "不用办理" in text
    assert reverse("bureau:grant", args=[waiting.reference]) not in text


def test_a_granted_case_names_its_certificate(desk: Client, officer: User, waiting: Application) -> None:
    reviewing.grant(officer, application=waiting, reasons="已核实，符合条件。")
    text = page(desk, waiting)
    assert "LH202600000001" in text
    assert "复议" not in text


@pytest.mark.parametrize(
    ("state", "words"),
    [(S.SUPPLEMENTING, "等申请人补正"), (S.SUBMITTED, "系统正在核验"), (S.WITHDRAWN, "申请人已撤回")],
)
def test_states_without_an_act_say_why(desk: Client, waiting: Application, state: S, words: str) -> None:
    closed = clock.now() if state == S.WITHDRAWN else None
    Application.objects.filter(pk=waiting.pk).update(state=state, closed_at=closed)
    text = page(desk, waiting)
    assert words in text
    assert reverse("bureau:grant", args=[waiting.reference]) not in text


def test_the_same_applicants_earlier_cases_are_named(desk: Client, officer: User, city: datetime) -> None:
    citizen = district.citizen()
    first = making.referred(citizen)
    reviewing.refuse(officer, application=first, reasons=REFUSAL)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    second = submission.submit(citizen.principal, reference=draft.reference, key="again")
    deciding.decide_waiting()
    text = page(desk, second)
    assert f"尾号 {first.reference[-4:]}：不予批准" in text
    assert "没有同一事项的其他办件" not in text


def test_a_look_at_what_another_decided_is_noted_once_an_officer_and_day(
    desk: Client, officer: User, waiting: Application, signed_in: Callable[[User], Client]
) -> None:
    page(desk, waiting)
    reviewing.refuse(officer, application=waiting, reasons=REFUSAL)
    page(desk, waiting)
    looks = JournalEntry.objects.filter(act="closed_case_looked_at", stream=waiting.stream)
    assert not looks.exists(), "an open case, and one's own decision, are one's work"
    colleague = district.officer()
    for _ in range(2):
        page(signed_in(colleague), waiting)
    assert looks.get().actor == actors.of_user(colleague)
    tomorrow = clock.now() + timedelta(days=1)
    clock.set_source(lambda: tomorrow)
    page(signed_in(colleague), waiting)
    assert looks.count() == 2
