"""核验单复查: who, with which words, and what stands on the page."""

from __future__ import annotations

import pytest
from django.test import Client

from approvals.auditing import looking
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
    answer = browser.post(PAGE, {"reference": spaced, "reason": WHY})
    page = answer.content.decode()
    assert answer.status_code == 200
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
