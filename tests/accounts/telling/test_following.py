"""How the channels do, and what became of messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Delivery, Person
from accounts.states import Channel
from accounts.telling import following
from common import clock
from portal import doctoring
from portal.doctoring import Level
from tests.accounts.telling.gateways import Gateway
from tests.accounts.telling.saying import deliver, told
from tests.factories import people

pytestmark = pytest.mark.django_db
At = Callable[[datetime | timedelta], datetime]
SOON = timedelta(seconds=20)


def sms() -> following.ChannelHealth:
    return next(one for one in following.health(at=clock.now()) if one.channel is Channel.SMS)


def answer() -> doctoring.Answer:
    return next(one for one in doctoring._channels() if one.subject == "messages by sms")


def test_a_channel_that_has_nothing_to_do_is_well(gateway: Gateway, at: At) -> None:
    assert sms() == following.ChannelHealth(Channel.SMS, 0, 0, 0, 0, None, "")
    assert answer().level is Level.OK


def test_what_waits_for_its_time_is_no_failure(gateway: Gateway, person: Person, at: At) -> None:
    told(person)
    Delivery.objects.update(not_before=clock.now() + timedelta(hours=9))
    at(timedelta(hours=8))
    assert (sms().waiting, sms().waiting_since) == (1, None)
    assert answer().level is Level.OK


def test_a_worker_that_does_not_send_is_a_failure_after_a_quarter(
    gateway: Gateway, person: Person, at: At
) -> None:
    told(person)
    at(timedelta(minutes=15))
    assert answer().level is Level.OK
    at(timedelta(minutes=16))
    found = answer()
    assert found.level is Level.FAILED
    assert "due since 2026-11-20 12:00" in found.text
    assert found.advice


def test_a_gateway_that_fails_is_a_failure_and_its_reason_is_told(
    gateway: Gateway, person: Person, at: At
) -> None:
    gateway.status = 503
    told(person)
    at(SOON)
    deliver()
    found = answer()
    assert (found.level, sms().failed) == (Level.FAILED, 1)
    assert "短信网关返回 503" in found.text
    at(SOON + timedelta(minutes=62))
    Delivery.objects.update(not_before=clock.now())
    assert (answer().level, sms().failed) == (Level.OK, 0)  # forgotten after an hour


def test_some_that_fail_beside_others_that_arrive_are_a_warning(
    gateway: Gateway, person: Person, at: At
) -> None:
    gateway.status = 422
    told(person)
    at(SOON)
    deliver()
    gateway.status = 200
    told(people.person(mobile="13900000009"))
    at(2 * SOON)
    deliver()
    assert (sms().sent, sms().failed, sms().given_up) == (1, 1, 1)
    assert answer().level is Level.WARNING


def test_a_channel_that_is_not_set_up_is_told(at: At, settings: Any) -> None:
    settings.SMS_URL = ""
    assert (answer().level, answer().text) == (Level.WARNING, "not set up")
    assert following.health(at=clock.now())[0].channel is Channel.EMAIL


def test_the_lint_of_the_texts_is_the_doctors(at: At, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SMS_SIGN = "一个长得让短信放不下的签名一个长得让短信放不下的签名"
    found = [one for one in doctoring._settings() if "accounts.E001" in one.text]
    assert found
    assert {one.level for one in found} == {Level.FAILED}
