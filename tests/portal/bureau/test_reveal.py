"""查看完整信息: the page of the act, what it shows once, and where it never shows."""

from __future__ import annotations

import logging

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from approvals import reviewing
from approvals.models import Application
from records.models import Event

pytestmark = pytest.mark.django_db
PURPOSE = "电话核对收款账户"
ADDRESS = "长平路 7 号"


def act(application: Application) -> str:
    return reverse("bureau:reveal", args=[application.reference])


def case(application: Application) -> str:
    return reverse("bureau:application", args=[application.reference])


def test_the_case_page_leads_to_the_act(desk: Client, waiting: Application) -> None:
    assert f'href="{act(waiting)}"' in desk.get(case(waiting)).content.decode()
    page = desk.get(act(waiting)).content.decode()
    assert "为什么要查看" in page
    assert "申请人能看到" in page
    assert waiting.person.id_number not in page


def test_the_answer_shows_everything_once(
    desk: Client, waiting: Application, caplog: pytest.LogCaptureFixture
) -> None:
    person = waiting.person
    with caplog.at_level(logging.DEBUG, "portal"), caplog.at_level(logging.INFO, "django.request"):
        response = desk.post(act(waiting), {"reason": PURPOSE})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    text = response.content.decode()
    for secret in (person.id_number, person.mobile, ADDRESS):
        assert secret in text
        assert secret not in caplog.text
        assert secret not in desk.get(case(waiting)).content.decode()
        assert secret not in desk.get(act(waiting)).content.decode()
    assert "只显示这一次" in text
    assert PURPOSE in text  # in the course of the case, which the applicant reads too


def test_the_applicant_reads_why(desk: Client, waiting: Application) -> None:
    desk.post(act(waiting), {"reason": PURPOSE})
    applicant = Client()
    assert waiting.person.user is not None
    applicant.force_login(waiting.person.user)
    page = applicant.get(reverse("citizen:application", args=[waiting.reference])).content.decode()
    assert f"工作人员因“{PURPOSE}”查看了您的联系方式和证件号码" in page


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "请写明为什么要查看"),
        ("核对", "理由太短"),
        ("长" * 101, "理由太长"),
        ("联系陈秀英核对账户", "不要写姓名和号码"),
        ("拨打 13800138000 核对", "不要写姓名和号码"),
    ],
)
def test_without_a_fit_reason_nothing_is_shown(
    desk: Client, waiting: Application, reason: str, words: str
) -> None:
    response = desk.post(act(waiting), {"reason": reason})
    assert response.status_code == 422
    text = response.content.decode()
    assert words in text
    assert waiting.person.id_number not in text
    assert waiting.person.mobile not in text
    assert not Event.objects.filter(stream=waiting.stream, kind="revealed").exists()


def test_a_reason_in_the_address_shows_nothing(desk: Client, waiting: Application) -> None:
    assert waiting.person.id_number not in desk.get(act(waiting), {"reason": PURPOSE}).content.decode()


def test_a_decided_case_stays_masked(desk: Client, officer: User, waiting: Application) -> None:
    reviewing.refuse(officer, application=waiting, reasons="户籍已经迁出本区。")
    assert act(waiting) not in desk.get(case(waiting)).content.decode()
    for response in (desk.get(act(waiting)), desk.post(act(waiting), {"reason": PURPOSE})):
        assert response.status_code == 409
        assert waiting.person.id_number not in response.content.decode()


def test_without_a_mobile_the_page_says_so(desk: Client, waiting: Application) -> None:
    person = waiting.person
    person.mobile = ""
    person.save(update_fields=["mobile"])
    assert "没有登记" in desk.post(act(waiting), {"reason": PURPOSE}).content.decode()
