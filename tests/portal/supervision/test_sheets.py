"""核验单复查: who, with which words, and what stands on the page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from approvals.auditing import looking
from common import clock
from portal.citizen.showing import progress
from records.models import JournalEntry
from tests.factories import district
from tests.factories.standin import Standin
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
PAGE = "/supervision/sheets"
WHY = "抽查自动审批是否准确"


@pytest.fixture
def browser(client: Client, city: Standin) -> Client:
    client.force_login(district.supervisor())
    return client


def test_a_supervisor_reads_the_stored_sheet_and_that_it_comes_out_the_same(browser: Client) -> None:
    case = making.referred(district.citizen())
    spaced = f"{case.reference[:4]} {case.reference[4:]}"
    answer = browser.post(PAGE, {"reference": spaced, "reason": WHY}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"{PAGE}?case={case.reference}", 302)]
    assert "第 1 次核验：转人工" in page
    assert "重算一致" in page
    assert case.person.id_number not in page


def test_what_is_missing_or_unknown_is_said_at_its_field_and_leaves_no_trace(browser: Client) -> None:
    case = making.referred(district.citizen())
    for sent, words in (
        ({"reference": "", "reason": WHY}, "请填写件号。"),
        ({"reference": "44050720261120999999", "reason": WHY}, "没有找到这件办件"),
        ({"reference": case.reference, "reason": "看"}, "至少 5 个字"),
        ({"reference": case.reference, "reason": f"看看{case.person.name}的"}, "不要写姓名和号码"),
    ):
        answer = browser.post(PAGE, sent)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not JournalEntry.objects.filter(act=looking.LOOKED).exists()


def test_an_admin_is_told_whose_page_it_is(client: Client, city: Standin) -> None:
    client.force_login(district.admin())
    answer = client.get(PAGE)
    assert answer.status_code == 403
    assert "“核验单复查”只有监督人员岗位能看" in answer.content.decode()


def test_loading_the_sheets_again_is_no_second_look(browser: Client) -> None:
    case = making.referred(district.citizen())
    opened = browser.post(PAGE, {"reference": case.reference, "reason": WHY})["Location"]
    for _ in range(3):
        assert "第 1 次核验" in browser.get(opened).content.decode()
    assert JournalEntry.objects.filter(act=looking.LOOKED).count() == 1


def test_sheets_are_not_opened_by_their_address_alone(browser: Client, city: Standin) -> None:
    case, later = making.referred(district.citizen()), clock.now() + timedelta(minutes=11)
    address = f"{PAGE}?case={case.reference}"
    assert browser.get(address)["Location"] == PAGE
    browser.post(PAGE, {"reference": case.reference, "reason": WHY})
    assert browser.get(address).status_code == 200
    clock.set_source(lambda: later)
    assert browser.get(address)["Location"] == PAGE
    stranger = Client()
    stranger.force_login(district.supervisor(None))
    assert stranger.get(address)["Location"] == PAGE


def test_the_page_says_how_long_a_reason_is(browser: Client) -> None:
    assert "至少 5 个字。申请人会在办理过程里看到" in browser.get(PAGE).content.decode()


def test_the_applicant_sees_the_look_as_a_step_of_its_own(browser: Client) -> None:
    case = making.referred(district.citizen())
    browser.post(PAGE, {"reference": case.reference, "reason": WHY})
    steps = progress.timeline(case, deadline=None, notice=None)
    assert [step.label for step in steps if WHY in step.detail] == ["监督查看"]
