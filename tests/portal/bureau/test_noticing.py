"""An officer sees what the applicant was told, by which way, and whether it arrived; never a number."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.acting import delegating, principals
from accounts.models import Delivery, Message, User
from accounts.telling import inbox
from approvals import deciding
from approvals.applying import drafting, submission
from common import clock
from tests.factories import district
from tests.factories.district import Citizen
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _channel(settings: Any) -> None:
    settings.SMS_URL, settings.SMS_SECRET = "http://127.0.0.1:9/sms", "secret"


@pytest.fixture
def chen(city: Any) -> Citizen:
    return district.citizen()


def told(officer: User, reference: str) -> str:
    client = Client()
    client.force_login(officer)
    page = client.get(f"/office/applications/{reference}").content.decode()
    card = page.split("通知送达", 1)[1].split("办理过程", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", card))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "短信正在发送"),
        ({"state": "sent", "settled_at": "now"}, "短信已发送"),
        (
            {"state": "given_up", "settled_at": "now", "error": "短信网关拒收 422"},
            "短信没有送达：短信网关拒收 422",
        ),
        ({"state": "unwanted", "settled_at": "now", "error": "您不要这类通知"}, "短信没有发送"),
    ],
)
def test_whether_the_notice_arrived(chen: Citizen, changed: dict[str, Any], words: str) -> None:
    case = making.referred(chen)
    officer = district.officer()
    given = {name: clock.now() if value == "now" else value for name, value in changed.items()}
    Delivery.objects.update(**given)
    shown = told(officer, case.reference)
    assert "已转人工办理" in shown
    assert "，给申请人" in shown
    assert "还没有看" in shown
    assert words in shown
    assert chen.person.mobile not in shown
    inbox.mark_read(chen.person, message_id=Message.objects.get().pk)
    assert "已看" in told(officer, case.reference)


def test_the_agent_is_named(chen: Citizen) -> None:
    daughter = district.citizen(name="林佳")
    until = clock.today() + timedelta(days=30)
    delegating.give(chen.person, agent=daughter.person, until=until)
    acting = principals.principal(daughter.person, whom=f"person:{chen.person.pk}")
    draft = drafting.start(acting, matter=district.matter(), consent=True)
    submission.submit(acting, reference=draft.reference, key="k")
    deciding.decide_waiting()
    shown = told(district.officer(), draft.reference)
    assert shown.count("，给申请人") == 2  # that it was filed for her, and what came of it
    assert shown.count("，给代办人林佳") == 1
