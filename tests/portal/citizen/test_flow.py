"""Consent, questions, check, submit: nothing lost, nothing twice, every answer in plain words."""

from __future__ import annotations

import re

import pytest

from approvals.models import Application, Draft
from approvals.states import ApplicationState
from certificates.issuance import lifecycle
from certificates.models import Authorisation, Certificate, UseRecord
from certificates.states import CertificateStatus
from matters.format.questions import AskedQuestion
from portal.citizen.showing.answers import NOT_AVAILABLE, NOT_NEEDED, unavailable
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.portal.citizen import walking
from tests.portal.citizen.conftest import only_case
from tests.portal.citizen.walking import START, text_of


def test_consent_says_what_why_and_until_when(page) -> None:
    text = text_of(page.get(START))
    for words in (
        "区民政局想看您的 3 本证照，可以吗？",
        "居民户口簿",
        "为什么：",
        "最长到 2026-12-20",
        "不用您授权",
        "高龄津贴资格确认书",  # only whether one is held
    ):
        assert words in text
    assert "checked" not in page.get(START).content.decode()
    assert not UseRecord.objects.exists()  # that a certificate exists is no use of it
    assert not Draft.objects.exists()


def test_yes_needs_the_tick_and_no_does_not(page) -> None:
    refused = page.post(START, {"consent": "yes"})
    assert refused.status_code == 422
    assert "还没有打勾" in text_of(refused)
    assert not Authorisation.objects.exists()
    assert walking.consent(page, yes=False).status_code == 302
    assert Authorisation.objects.get().status == "refused"
    assert not UseRecord.objects.filter(outcome="found").exists()


def test_nothing_typed_leads_straight_to_the_check(page) -> None:
    response = walking.consent(page)
    draft = Draft.objects.get()
    assert response.url == f"/drafts/{draft.reference}/check"
    text = text_of(page.get(response.url))
    assert "来自居民身份证" in text
    assert "尾号 6218" in text
    assert "免交" in text


def test_who_does_not_consent_is_promised_no_result_at_once(page) -> None:
    draft = walking.draft_of(page, yes=False)
    asked = text_of(page.get(f"/drafts/{draft.reference}/1"))
    assert "未取得，由工作人员核对" in asked
    assert "已从您的证照带入" not in asked
    assert "您没有同意看证照，系统没有带入证照上的内容。" in asked
    checked = text_of(page.get(f"/drafts/{draft.reference}/check"))
    assert "当场出结果" not in checked
    assert "由工作人员核对，5 个工作日内办结" in checked


def test_with_consent_the_page_says_what_was_filled_in(page) -> None:
    draft = walking.draft_of(page)
    assert "已从您的证照带入" in text_of(page.get(f"/drafts/{draft.reference}/1"))
    assert "当场出结果" in text_of(page.get(f"/drafts/{draft.reference}/check"))


@pytest.mark.parametrize(
    ("changed", "judged", "words"),
    [
        ({}, set(), NOT_NEEDED),
        ({"required": True}, set(), NOT_AVAILABLE),
        ({"correctable": False}, set(), NOT_AVAILABLE),
        ({}, {"cert.card.name"}, NOT_AVAILABLE),
        ({}, {"form.name"}, NOT_AVAILABLE),
    ],
)
def test_only_what_somebody_looks_into_is_said_to_be_looked_into(changed, judged, words) -> None:
    told = {"name": "name", "label": "姓名", "type": "text", "prefill": "cert.card.name"}
    question = AskedQuestion.model_validate({**told, "required": False, "correctable": True, **changed})
    assert unavailable(question, judged) == words


def test_the_whole_way_to_the_certificate(page, decide) -> None:
    reference = walking.submit(page)
    waiting = page.get(f"/applications/{reference}")
    assert "申请已经保存，可以离开" in text_of(waiting)
    decide()
    text = text_of(page.get(f"/applications/{reference}"))
    certificate = Certificate.objects.get(source__startswith="decision:")
    for words in (
        "审批通过",
        "秒批 · 用时",
        certificate.number,
        "6 项全部通过",
        "行政复议",
        "接下来",
        "这次办得怎么样",
    ):
        assert words in text
    paper = text_of(page.get(f"/applications/{reference}/print"))
    assert "准予决定书" in paper
    assert "核验单" in paper


def test_a_silent_register_and_a_missing_certificate_refer_with_the_reason(city, browser, decide) -> None:
    zheng = district.citizen(city, name="郑国辉", without=("household_register",), dead=None)
    client = browser(zheng)
    reference = walking.submit(client)
    decide()
    text = text_of(client.get(f"/applications/{reference}"))
    for words in (
        "已转人工办理",
        "没有被拒绝",
        "居民户口簿：证照库里没有",
        "11 月 27 日（星期五）",
        "正在办理",
        "撤回申请",
        "您可以做的",
    ):
        assert words in text
    assert "不予批准" not in text


def test_answers_are_kept_even_when_the_page_has_errors(page) -> None:
    draft = walking.draft_of(page)
    response = page.post(
        f"/drafts/{draft.reference}/1",
        {"account": "social_card", "contact_mobile": "1590000", "mobile": "13800001111"},
    )
    assert response.status_code == 422
    text = text_of(response)
    assert text.count("紧急联系人手机号码应为 11 位，现在是 7 位") == 2  # summary and field, the same words
    assert 'value="1590000"' in response.content.decode()
    draft.refresh_from_db()
    assert draft.answers == {"account": "social_card", "mobile": "13800001111"}


def test_autosave_keeps_what_can_be_read(page) -> None:
    draft = walking.draft_of(page)
    address = f"/drafts/{draft.reference}/save/1"
    assert page.post(address, {"account": "social_card", "contact_mobile": "13900001111"}).status_code == 200
    assert page.post(address, {"account": "social_card", "contact_mobile": "139"}).status_code == 200
    draft.refresh_from_db()
    assert draft.answers["contact_mobile"] == "13900001111"


def test_a_correction_is_kept_and_taken_back(page) -> None:
    draft = walking.draft_of(page)
    address = f"/drafts/{draft.reference}/1"
    opened = page.post(
        address, {"account": "social_card", "contact_mobile": "13900001111", "correct": "address"}
    )
    assert opened.url == f"{address}?correct=address#id_address"
    assert 'name="address"' in page.get(f"{address}?correct=address").content.decode()
    page.post(f"{address}?back=check", {"account": "social_card", "address": "示例市龙湖区新址 1 号"})
    draft.refresh_from_db()
    assert draft.answers["address"] == "示例市龙湖区新址 1 号"
    assert "您更正过" in text_of(page.get(f"/drafts/{draft.reference}/check"))
    page.post(address, {"account": "social_card", "address": ""})
    draft.refresh_from_db()
    assert "address" not in draft.answers


def test_fields_that_are_not_asked_change_nothing(page) -> None:
    draft = walking.draft_of(page)
    before = dict(draft.answers)
    for address in (f"/drafts/{draft.reference}/1", f"/drafts/{draft.reference}/save/1"):
        response = page.post(
            address, {"account": "other", "birth_date": "1900-01-01", "monthly_amount": "9999"}
        )
        assert response.status_code == 422
    assert "不能填写的项目" in text_of(page.post(f"/drafts/{draft.reference}/1", {"monthly_amount": "9999"}))
    draft.refresh_from_db()
    assert draft.answers == before


def test_leaving_saves_and_says_so(page) -> None:
    draft = walking.draft_of(page)
    left = page.post(
        f"/drafts/{draft.reference}/1",
        {"account": "social_card", "contact_mobile": "13900001111", "act": "leave"},
        follow=True,
    )
    assert "草稿已保存" in text_of(left)
    assert "接着填" in text_of(left)
    draft.refresh_from_db()
    assert draft.answers["contact_mobile"] == "13900001111"


def test_submitting_twice_makes_one_case(page) -> None:
    draft = walking.draft_of(page)
    key = walking.key_of(page, draft.reference)
    for _ in range(3):
        response = page.post(f"/applications/{draft.reference}/submit", {"key": key})
        assert response.url == f"/applications/{draft.reference}"
    assert Application.objects.count() == 1


@pytest.mark.parametrize("address", ["/drafts/{}", "/drafts/{}/1", "/drafts/{}/check", "/drafts/{}/discard"])
def test_going_back_after_submitting_leads_to_the_case(page, address) -> None:
    reference = walking.submit(page)
    response = page.get(address.format(reference), follow=True)
    assert response.redirect_chain[-1][0] == f"/applications/{reference}"
    assert "已经交上来了" in text_of(response)


def test_a_second_open_application_is_explained_with_a_way_to_the_first(page, decide) -> None:
    reference = walking.submit(page)
    for response in (page.get(START), walking.consent(page)):
        assert response.status_code == 409
        assert "您已有一件同样的申请正在办理" in text_of(response)
        assert f'href="/applications/{reference}"' in response.content.decode()
    assert only_case().reference == reference


def test_incomplete_answers_lead_back_to_their_page(page) -> None:
    draft = walking.draft_of(page)
    draft.answers = {"account": "other"}
    draft.save()
    response = page.post(f"/applications/{draft.reference}/submit", {"key": "k"}, follow=True)
    assert response.redirect_chain[-1][0] == f"/drafts/{draft.reference}/1"
    assert "还有问题没有填完" in text_of(response)
    assert not Application.objects.exists()


def test_a_page_number_that_does_not_exist_is_not_found(page) -> None:
    draft = walking.draft_of(page)
    for number in (0, 2, 99):
        assert page.get(f"/drafts/{draft.reference}/{number}").status_code == 404


def test_discarding_asks_first_and_ends_the_consent(page) -> None:
    draft = walking.draft_of(page)
    address = f"/drafts/{draft.reference}/discard"
    assert "删除这份草稿吗" in text_of(page.get(address))
    assert Draft.objects.exists()
    page.post(address)
    assert not Draft.objects.exists()
    assert Authorisation.objects.get().status == "ended"
    assert page.get(f"/drafts/{draft.reference}").status_code == 404


def test_a_question_brought_up_by_an_answer_is_asked_and_not_held_against_her(page) -> None:
    draft = walking.draft_of(page)
    address = f"/drafts/{draft.reference}/1"
    shown = re.search(r'name="asked" value="([^"]*)"', page.get(address).content.decode())
    assert shown is not None
    assert "other_account" not in shown[1]
    answer = page.post(address, {"account": "other", "asked": shown[1]}, follow=True)
    text = text_of(answer)
    assert answer.status_code == 200
    assert "还要再回答 2 个问题" in text
    assert "还不能继续" not in text
    assert 'name="other_account"' in answer.content.decode()
    again = page.post(address, {"account": "other", "asked": f"{shown[1]} other_bank other_account"})
    assert again.status_code == 422  # now they were shown


def test_what_is_held_already_is_said_before_anything_is_asked(page, chen, decide) -> None:
    reference = walking.submit(page)
    decide()
    told = page.get(START)
    assert told.status_code == 200
    assert "您已经办过这件事" in text_of(told)
    assert "高龄津贴资格确认书现在有效" in text_of(told)
    assert f'href="/applications/{reference}"' in told.content.decode()
    assert 'href="?again=1"' in told.content.decode()
    assert "同意并继续" not in text_of(told)
    refused = walking.consent(page)
    assert refused.status_code == 409
    assert "您已经办过这件事" in text_of(refused)
    assert not Draft.objects.exists()


def test_who_wants_another_presses_a_button_and_the_checks_decide(page, decide) -> None:
    walking.submit(page)
    decide()
    again = f"{START}?again=1"
    assert "同意并继续" in text_of(page.get(again))
    reference = walking.draft_of(page, start=again).reference
    assert "接着填" in text_of(page.get(START))  # the draft is there: she has said so once
    page.post(f"/applications/{reference}/submit", {"key": walking.key_of(page, reference)})
    decide()
    assert Application.objects.get(reference=reference).state != ApplicationState.GRANTED
    assert Certificate.objects.filter(type__slug="senior_allowance").count() == 1


def test_a_certificate_that_is_no_longer_valid_holds_nobody_up(page, decide) -> None:
    walking.submit(page)
    decide()
    issued = Certificate.objects.get(type__slug="senior_allowance")
    lifecycle.change_status(issued, CertificateStatus.REVOKED, reason="测试", actor="system", at=NOON)
    assert "同意并继续" in text_of(page.get(START))


def test_the_guide_leads_to_what_was_granted(page, decide) -> None:
    reference = walking.submit(page)
    decide()
    shown = page.get(START.removesuffix("start"))
    assert f'href="/applications/{reference}">看上次的办理结果' in shown.content.decode()
    assert "再办一次" in text_of(shown)
    assert "立即办理" not in text_of(shown)
