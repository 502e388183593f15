"""A case after submission: supplement, withdrawal, refusal, rating, the polling fragment, the paper."""

from __future__ import annotations

import pytest

from approvals import reviewing
from approvals.deciding import sweeping
from approvals.models import Application
from approvals.reviewing import Defect
from certificates.models import Authorisation
from common import clock
from evaluations.models import Rating
from matters import editions
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.portal.citizen import walking
from tests.portal.citizen.conftest import only_case
from tests.portal.citizen.walking import text_of

DEFECT = Defect("联系电话", "登记的号码打不通，请写一个能找到您的号码。", ("form.mobile",))


@pytest.fixture
def referred(page, decide) -> str:
    """A case that a person has to look at, for the applicant did not consent."""
    reference = walking.submit(page, yes=False)
    decide()
    return reference


@pytest.fixture
def supplementing(referred) -> str:
    """The same case, with a notice to answer."""
    reviewing.ask_for_more(district.officer(), application=only_case(), defects=[DEFECT])
    return referred


def test_without_consent_the_reason_says_so(page, referred) -> None:
    text = text_of(page.get(f"/applications/{referred}"))
    assert "居民户口簿：未授权" in text
    assert "3 项系统核不实" in text


def test_the_supplement_page_opens_exactly_the_named_fields(page, supplementing) -> None:
    case = text_of(page.get(f"/applications/{supplementing}"))
    assert "需要您补正" in case
    assert DEFECT.text in case
    response = page.get(f"/applications/{supplementing}/supplement")
    content = response.content.decode()
    assert 'name="mobile"' in content
    assert 'name="account"' not in content
    assert f"为什么要改：{DEFECT.text}" in text_of(response)
    assert "11 月 27 日（星期五）" in text_of(response)


def test_a_wrong_answer_to_a_notice_is_told_and_nothing_is_sent(page, supplementing) -> None:
    response = page.post(f"/applications/{supplementing}/supplement", {"mobile": "138"})
    assert response.status_code == 422
    assert "应为 11 位" in text_of(response)
    assert only_case().state == "supplementing"


def test_fields_the_notice_does_not_open_are_refused(page, supplementing) -> None:
    before = only_case().answers
    response = page.post(
        f"/applications/{supplementing}/supplement", {"mobile": "13911110000", "account": "other"}
    )
    assert response.status_code == 422
    assert only_case().answers == before


def test_the_answer_goes_back_to_the_machine_and_the_page_then_says_so(page, supplementing, decide) -> None:
    address = f"/applications/{supplementing}/supplement"
    assert "已收到" in text_of(page.post(address, {"mobile": "13911110000"}, follow=True))
    assert only_case().answers["mobile"] == "13911110000"
    decide()
    again = page.get(address, follow=True)  # back button
    assert again.redirect_chain[-1][0] == f"/applications/{supplementing}"
    assert "没有要补正的内容" in text_of(again)


def test_the_same_answer_is_told_at_its_field_and_nothing_is_sent(page, supplementing) -> None:
    address = f"/applications/{supplementing}/supplement"
    assert "请工作人员核实" not in text_of(page.get(address))
    same = only_case().person.mobile
    response = page.post(address, {"mobile": same})
    assert response.status_code == 422
    assert "“手机号码”和原来填的一样，没有改" in text_of(response)
    assert 'name="stands"' in response.content.decode()
    assert 'href="#id_mobile"' in response.content.decode()
    assert only_case().state == "supplementing"
    page.post(address, {"mobile": "13911110000"})
    assert only_case().state == "submitted"


def test_who_stands_by_an_answer_has_an_officer_look(page, supplementing) -> None:
    address = f"/applications/{supplementing}/supplement"
    same = only_case().person.mobile
    done = page.post(address, {"mobile": same, "stands": "yes"}, follow=True)
    assert "已转工作人员核实" in text_of(done)
    case = only_case()
    assert case.state == "in_review"
    assert case.referral_reason == "申请人认为没有错，请工作人员核实：联系电话"
    assert case.due_on is not None
    assert "您确认“联系电话”没有错，已转工作人员核实" in text_of(done)


def test_withdrawing_asks_first_and_twice_is_explained(page, referred) -> None:
    address = f"/applications/{referred}/withdraw"
    assert "撤回这件申请吗" in text_of(page.get(address))
    assert only_case().state == "in_review"
    assert "已撤回" in text_of(page.post(address, follow=True))
    assert only_case().state == "withdrawn"
    assert "不用再撤回" in text_of(page.post(address, follow=True))


def test_a_refusal_shows_reasons_and_remedies(page, referred) -> None:
    reviewing.refuse(district.officer(), application=only_case(), reasons="户籍不在本区，不符合第四条。")
    text = text_of(page.get(f"/applications/{referred}"))
    for words in ("不予批准", "户籍不在本区，不符合第四条。", "60 日内", "6 个月内", "示例市龙湖区人民政府"):
        assert words in text
    assert "不予批准决定书" in text_of(page.get(f"/applications/{referred}/print"))


def test_a_grant_by_an_officer_is_not_called_instant(page, referred) -> None:
    case = only_case()
    supplied = dict.fromkeys(reviewing.missing_fields(case), "已核实")
    reviewing.grant(
        district.officer(),
        application=case,
        reasons="经核对符合条件。",
        outcome_row=2,
        supplied=supplied | {"division": "440507003"},
    )
    text = text_of(page.get(f"/applications/{referred}"))
    assert "审批通过" in text
    assert "工作人员审核" in text
    assert "秒批" not in text
    assert "每月 100 元" in text


def test_poor_without_a_reason_is_asked_again_with_everything_kept(page, decide) -> None:
    reference = walking.submit(page)
    decide()
    address = f"/applications/{reference}/rating"
    response = page.post(address, {"level": "1", "anonymous": "on"})
    assert response.status_code == 422
    assert "请至少选一条原因" in text_of(response)
    assert 'value="1" id="id_level_4" checked' in response.content.decode()
    assert "审批通过" in text_of(response)
    assert not Rating.objects.exists()
    page.post(address, {"level": "5", "tags_5": ["512"], "tags_1": ["101"], "comment": "很快"})
    assert Rating.objects.get().tags == ["512"]
    assert "已经评价过了" in text_of(page.get(f"/applications/{reference}"))
    assert "每件只评一次" in text_of(page.post(address, {"level": "5"}))


@pytest.mark.parametrize("level", ["", "9", "x", "5.0", "-1"])
def test_a_level_that_does_not_exist_is_a_sentence(page, decide, level) -> None:
    reference = walking.submit(page)
    decide()
    response = page.post(f"/applications/{reference}/rating", {"level": level})
    assert response.status_code == 422
    assert "请先选择满意程度" in text_of(response)


def test_the_waiting_page_polls_and_after_ten_seconds_says_it_is_busy(page, decide) -> None:
    reference = walking.submit(page)
    fetch = {"X-Requested-With": "fetch"}
    address = f"/applications/{reference}/progress"
    first = page.get(address, headers=fetch).content.decode()
    assert f'data-poll="{address}"' in first
    assert "系统正忙" not in first
    clock.set_source(lambda: NOON.replace(second=11))
    assert "系统正忙，还在等待核验" in page.get(address, headers=fetch).content.decode()
    assert "不会丢失" in text_of(page.get(f"/applications/{reference}"))
    decide()
    done = page.get(address, headers=fetch).content.decode()
    assert "data-poll-done" in done
    assert 'data-poll="' not in done
    assert page.get(address).url == f"/applications/{reference}"  # opened as a page


def test_the_waiting_page_needs_no_script(page) -> None:
    reference = walking.submit(page)
    assert '<noscript><meta http-equiv="refresh"' in page.get(f"/applications/{reference}").content.decode()


def test_consent_taken_back_before_the_decision_is_seen_on_the_sheet(page, decide) -> None:
    reference = walking.submit(page)
    consent = Authorisation.objects.get()
    assert "已撤回" in text_of(page.post(f"/authorisations/{consent.pk}/revoke", follow=True))
    decide()
    assert "未授权" in text_of(page.get(f"/applications/{reference}"))
    assert Application.objects.get().state == "in_review"


def test_a_late_case_says_so(page, referred) -> None:
    clock.set_source(lambda: NOON.replace(month=12, day=1))
    text = text_of(page.get(f"/applications/{referred}"))
    assert "已经超过这个日期" in text
    assert "超过期限 2 个工作日" in text
    assert "这件事办晚了：最晚应在 11 月 27 日（星期五）办结" in text
    phone = editions.compiled(only_case().edition).package.guide.complaint_phone
    assert f"投诉： {phone}" in text
    assert "最晚应在 11 月 27 日（星期五）作出，已经超过" in text
    for promised in ("您现在不用做什么", "最晚 11 月 27 日（星期五），", "11 月 27 日（星期五）还没收到结果"):
        assert promised not in text
    assert "最晚应在 11 月 27 日（星期五）办结，已经超过期限" in text_of(page.get("/applications"))
    paper = text_of(page.get(f"/applications/{referred}/print"))
    assert "最晚应在 2026 年 11 月 27 日（星期五）办结，已经超过期限" in paper


def test_a_condition_that_is_not_met_is_not_called_unproven(city, browser, decide) -> None:
    born = NOON.date().replace(year=NOON.year - 60)
    client = browser(district.citizen(city, born=born))
    reference = walking.submit(client)
    decide()
    text = text_of(client.get(f"/applications/{reference}"))
    assert "有 1 项不符合，由工作人员核对后决定。" in text
    assert "哪里不符合，为什么" in text
    assert "核不实" not in text.partition("核验单")[0]


def test_what_is_not_met_and_what_is_unproven_are_told_apart(city, browser, decide) -> None:
    born = NOON.date().replace(year=NOON.year - 60)
    client = browser(district.citizen(city, born=born, dead=None))
    reference = walking.submit(client)
    decide()
    text = text_of(client.get(f"/applications/{reference}"))
    assert "有 1 项不符合，由工作人员核对后决定；有 1 项系统核不实，由工作人员替您查清。" in text
    assert "哪里不符合、哪里核不实，为什么" in text


@pytest.mark.parametrize(("seconds", "instant"), [(10, True), (11, False), (30, False)])
def test_only_what_was_instant_is_called_instant(page, decide, seconds: int, instant: bool) -> None:
    reference = walking.submit(page)
    clock.set_source(lambda: NOON.replace(second=seconds))
    assert "不到 1 秒" not in text_of(page.get(f"/applications/{reference}")).partition("办理进度")[2]
    decide()
    text = text_of(page.get(f"/applications/{reference}"))
    assert ("秒批 · 用时" in text) is instant
    assert ("自动审批 · 用时" in text) is not instant


def test_a_late_notice_is_called_late_before_the_sweep_and_can_be_answered(page, supplementing) -> None:
    address = f"/applications/{supplementing}/supplement"
    assert "已经过了" not in text_of(page.get(address))
    # The Saturday after: late, though no working day has passed.
    clock.set_source(lambda: NOON.replace(day=28))
    for shown in (address, f"/applications/{supplementing}"):
        text = text_of(page.get(shown))
        assert "最晚补正日期 11 月 27 日（星期五）已经过了" in text
        assert "还可以补" in text
    assert "已收到" in text_of(page.post(address, {"mobile": "13911110000"}, follow=True))


def test_after_the_sweep_the_page_says_who_goes_on(page, supplementing) -> None:
    clock.set_source(lambda: NOON.replace(month=12, day=1))
    assert sweeping.hand_over_late() == 1
    text = text_of(page.get(f"/applications/{supplementing}"))
    assert "逾期没有补正，由工作人员处理" in text
    late = page.get(f"/applications/{supplementing}/supplement", follow=True)
    assert "没有要补正的内容" in text_of(late)
