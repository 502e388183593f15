"""消息和通知设置: what is unread, what became of each message, what one hears of, and the address for mail."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Delivery, Message, OptOut, Person
from accounts.telling.sending import delivering
from common import clock
from tests.accounts.telling.saying import told
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _channels(settings: Any) -> None:
    settings.SMS_URL, settings.SMS_SECRET = "http://127.0.0.1:9/sms", "secret"


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_count_of_what_is_unread_stands_on_every_page(page: Client, chen: Citizen) -> None:
    assert "条未读" not in text(page.get("/me"))
    for number in range(3):
        told(chen.person, about=number)
    assert "3 条未读" in text(page.get("/me"))
    assert "3 条未读" in text(page.get("/"))
    message = Message.objects.order_by("occasion").first()
    assert message is not None
    page.post(f"/messages/{message.pk}")
    assert "2 条未读" in text(page.get("/me"))
    assert page.post("/messages/read").status_code == 302
    assert "条未读" not in text(page.get("/me"))
    assert not Message.objects.filter(read_at=None).exists()


def test_nobody_elses_are_counted_or_read(page: Client, chen: Citizen) -> None:
    other = district.citizen(name="吴伟明")
    told(other.person)
    assert "条未读" not in text(page.get("/me"))
    page.post("/messages/read")
    assert Message.objects.get().read_at is None
    assert page.get(f"/messages/{Message.objects.get().pk}").status_code == 404
    assert "条未读" not in text(Client().get("/"))


def test_many_are_not_counted_out(page: Client, chen: Citizen) -> None:
    for number in range(100):
        told(chen.person, about=number)
    assert "99+ 条未读" in text(page.get("/me"))


@pytest.mark.parametrize(
    ("topic", "titles"),
    [
        ("", ["甲：已撤回", "乙：需要补正 2 处"]),
        ("progress", ["甲：已撤回"]),
        ("deadline", ["乙：需要补正 2 处"]),
        ("result", []),
        ("weather", ["甲：已撤回", "乙：需要补正 2 处"]),
    ],
)
def test_looking_at_one_topic(page: Client, chen: Citizen, topic: str, titles: list[str]) -> None:
    told(chen.person, matter="甲")
    told(chen.person, kind="supplement", matter="乙", count="2", due="2026-12-01")
    shown = text(page.get("/messages", {"topic": topic}))
    assert [title for title in ("甲：已撤回", "乙：需要补正 2 处") if title in shown] == titles
    assert ("还没有消息" in shown) is (not titles)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "短信正在发送"),
        ({"not_before": NOON + timedelta(hours=20)}, "短信将在 11-21 08:00 以后发送"),
        ({"state": "sent", "settled_at": NOON + timedelta(minutes=1)}, "短信已发送 11-20 12:01"),
        ({"state": "given_up", "settled_at": NOON, "error": "短信网关拒收 422"}, "短信没有送达"),
        ({"state": "unwanted", "settled_at": NOON}, "短信没有发送"),
    ],
)
def test_what_became_of_a_message(
    page: Client, chen: Citizen, noon: Any, changed: dict[str, Any], words: str
) -> None:
    message = told(chen.person)
    Delivery.objects.update(**changed)
    for address in ("/messages", f"/messages/{message.pk}"):
        shown = text(page.get(address))
        assert words in shown
        assert "422" not in shown  # why it failed is the officers' and operators' affair


def test_the_list_costs_the_same_for_one_and_for_many(
    page: Client, chen: Citizen, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        told(chen.person, about=number)
    with django_assert_max_num_queries(12):
        page.get("/messages")


# --- 通知设置 ---------------------------------------------------------------------------------------------------


def test_leaving_a_topic_out_and_taking_it_back(page: Client, chen: Citizen) -> None:
    shown = page.get("/me/notices").content.decode()
    assert "138****" in shown
    assert chen.person.mobile not in shown
    assert shown.count("checked") == 4  # by SMS; there is no address for mail yet
    assert "一定会发，不能关闭" in shown
    assert page.post("/me/notices", {"sms": ["result", "deadline"]}).status_code == 302
    out = set(OptOut.objects.values_list("channel", "topic"))
    assert out == {("sms", "progress"), ("sms", "certificates")}  # of mail nothing was asked
    assert page.get("/me/notices").content.decode().count("checked") == 2
    page.post("/me/notices", {"sms": ["result", "deadline", "progress", "certificates"]})
    assert not OptOut.objects.exists()
    assert page.post("/me/notices", {"sms": ["security"]}).status_code == 422


def test_leaving_everything_out_leaves_what_is_necessary(page: Client, chen: Citizen) -> None:
    page.post("/me/notices", {})
    told(chen.person)
    told(chen.person, kind="supplement", count="1", due="2026-12-01")
    assert list(Delivery.objects.values_list("kind", flat=True)) == ["supplement"]
    assert Message.objects.count() == 2


def test_without_mobile_and_channels_the_page_says_so(page: Client, chen: Citizen, settings: Any) -> None:
    Person.objects.filter(pk=chen.person.pk).update(mobile_hash=None)
    chen.person.mobile = ""
    chen.person.save(update_fields=["mobile"])
    settings.SMS_URL, settings.EMAIL_HOST = "", ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    shown = text(page.get("/me/notices"))
    assert "本网站还没有开通短信通知" in shown
    assert "本网站还没有开通邮件通知" in shown
    assert "没有可以接收通知的手机号码或邮箱" in shown


def test_an_address_from_naming_to_forgetting(page: Client, chen: Citizen) -> None:
    assert page.post("/me/email", {"email": "no address"}).status_code == 422
    assert page.post("/me/email", {"email": "chen@example.com"})["Location"] == "/me/email/code"
    delivering.deliver_due()
    assert "c***@example.com" in text(page.get("/me/email/code"))
    code = mail.outbox[-1].subject.removeprefix("验证码 ")
    wrong = page.post("/me/email/code", {"code": "12 34"})
    assert wrong.status_code == 422
    assert "验证码不对" in text(wrong)
    assert page.post("/me/email", {"email": "chen@example.com"}).status_code == 429
    assert page.post("/me/email/code", {"code": code})["Location"] == "/me/notices"
    shown = page.get("/me/notices").content.decode()
    assert "c***@example.com" in shown
    assert "chen@example.com" not in shown
    assert shown.count("checked") == 8
    page.post("/me/email/forget")
    assert not Person.objects.get(pk=chen.person.pk).email
    assert "没有登记" in text(page.get("/me/notices"))


def test_without_a_code_under_way_the_page_leads_back(page: Client) -> None:
    assert "重新发一个" in text(page.get("/me/email/code"))
    assert page.post("/me/email/code", {"code": "123456"}).status_code == 422


@pytest.mark.parametrize("address", ["/me/notices", "/me/email", "/me/email/code", "/messages"])
def test_only_for_who_is_signed_in(address: str, city: Any) -> None:
    assert Client().get(address).status_code == 302
    officer = Client()
    officer.force_login(district.officer())
    assert officer.get(address).status_code in {302, 403}
    assert clock.now() is not None
