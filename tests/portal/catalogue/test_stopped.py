"""What officer and applicant read of a stop (秒批停用), and what nobody is offered before its day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from approvals import deciding, reviewing
from approvals.applying import drafting, submission
from approvals.errors import NotAcceptingApplications
from approvals.models import Application
from approvals.states import ApplicationState as S
from common import clock
from matters import publishing
from matters.writing import stopping
from tests.factories import district
from tests.factories.editions import TOMORROW
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin

WHY = "津贴金额疑似有误"
CODE = "11440507MB2X00012R4440599001000"


def browser_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def case(city: datetime, registers: Standin, admin: User) -> Application:
    """A case with everything proven, of a matter that was stopped before it was decided."""
    citizen = district.citizen(registers)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    filed = submission.submit(citizen.principal, reference=draft.reference, key="k")
    stopping.stop(admin, matter=district.matter(), reason=WHY)
    deciding.decide_waiting()
    filed.refresh_from_db()
    return filed


def test_the_officer_reads_who_stopped_it_and_why_and_no_recommendation(
    case: Application, admin: User
) -> None:
    officer = browser_of(district.officer())
    shown = officer.get(f"/office/applications/{case.reference}").content.decode()
    assert "秒批已停用" in shown
    assert f"{admin.display_name}，2026-11-20 12:00" in shown
    assert WHY in shown
    assert "建议准予" not in shown.partition("核验记录")[0].partition("为什么转人工")[2]
    assert case.referral_reason in officer.get("/office/").content.decode()


def test_the_officer_grants_it_and_the_machine_may_look_again_after_the_release(
    case: Application, admin: User
) -> None:
    officer = district.officer()
    stopping.release(admin, matter=district.matter(), reason="已核对，金额无误")
    shown = browser_of(officer).get(f"/office/applications/{case.reference}").content.decode()
    assert WHY in shown  # it came here by that stop, whoever released it since
    reviewing.look_again(officer, application=case)
    deciding.decide_waiting()
    case.refresh_from_db()
    assert case.state == S.GRANTED


def test_the_applicant_reads_calm_words_and_a_day(case: Application) -> None:
    applicant = browser_of(case.person.user)
    pages = [f"/applications/{case.reference}", "/messages", f"/matters/{district.ALLOWANCE}/"]
    for address in pages:
        shown = applicant.get(address).content.decode()
        assert WHY not in shown, address
        assert "工作人员办理" in shown, address
    assert "11 月 27 日" in applicant.get(pages[0]).content.decode()


def test_a_first_edition_that_lies_ahead_is_offered_from_its_day(city: datetime, registers: Standin) -> None:
    like = district.matter().current_edition
    assert like is not None
    new = like.content | {"code": CODE, "base_code": CODE[19:], "name": "临时困难津贴申领"}
    publishing.publish(new, by="system", at=NOON, on=TOMORROW)
    applicant = district.citizen(registers)
    browser = browser_of(applicant.user)
    matter = district.matter(CODE)
    for address in (f"/matters/{CODE}/", f"/matters/{CODE}/start"):
        assert browser.get(address).status_code in {404, 409}, address
    assert "临时困难津贴申领" not in browser.get("/matters?q=津贴").content.decode()
    with pytest.raises(NotAcceptingApplications):
        drafting.start(applicant.principal, matter=matter, consent=True)
    clock.set_source(lambda: NOON + timedelta(days=1))
    assert "临时困难津贴申领" in browser.get(f"/matters/{CODE}/").content.decode()
    assert "临时困难津贴申领" in browser.get("/matters?q=津贴").content.decode()
    assert browser.get(f"/matters/{CODE}/start").status_code == 200
    assert drafting.start(applicant.principal, matter=matter, consent=True).edition.number == 1
