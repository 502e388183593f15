"""Tries at signing in, as django-axes asks about them, against a real broker."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.test import RequestFactory

from accounts import registering
from accounts.models import User
from accounts.signing import braking, lockouts
from accounts.signing.lockouts import Lockouts, SignInBraked
from common.redis import connection
from portal.settings import BRAKES

pytestmark = pytest.mark.usefixtures("brakes")
HERE = "203.0.113.7"
PASSWORD = "a long test password"


def request(address: str = HERE) -> HttpRequest:
    return RequestFactory(REMOTE_ADDR=address).post("/sign-in")


def wait(username: str = "chen", *, address: str = HERE) -> int:
    """Try once; the seconds to wait, 0 when the try may go on."""
    asking = request(address)
    allowed = AxesProxyHandler.is_allowed(asking, {"username": username, "password": "x"})
    braked = lockouts.waiting(asking).retry_after
    assert allowed or braked > 0
    return 0 if allowed else braked


def fail(username: str = "chen", *, times: int = 1, address: str = HERE) -> None:
    for _ in range(times):
        assert not wait(username, address=address)


def succeed(username: str = "chen", *, address: str = HERE) -> None:
    asking = request(address)
    assert AxesProxyHandler.is_allowed(asking, {"username": username})
    AxesProxyHandler.user_logged_in(User, asking, User(username=username))


def test_axes_asks_our_handler() -> None:
    assert isinstance(AxesProxyHandler.get_implementation(), Lockouts)


def test_the_eleventh_failure_of_a_name_waits() -> None:
    fail(times=10)
    assert 890 <= wait() <= 900
    asking = request()
    AxesProxyHandler.is_allowed(asking, {"username": "chen"})
    told = lockouts.waiting(asking)
    assert isinstance(told, SignInBraked)
    assert told.status == 429
    assert "请 15 分钟后再登录" in told.message


def test_trying_on_does_not_make_the_wait_longer() -> None:
    fail(times=10)
    connection().expire(next(connection().scan_iter("brake:sign_in_name:*")), 30)
    assert 0 < wait() <= 30


@pytest.mark.parametrize("spelled", ["CHEN", " chen ", "ｃｈｅｎ"])
def test_another_spelling_is_the_same_name(spelled: str) -> None:
    fail(times=10)
    assert wait(spelled)


def test_another_name_is_free_and_another_address_is_not() -> None:
    fail(times=10)
    fail("lin")
    assert wait(address="198.51.100.1")


def test_many_names_from_one_address_wait() -> None:
    for number in range(60):
        fail(f"name{number}")
    assert wait("name60")
    fail("name61", address="198.51.100.1")


def test_the_addresses_of_one_ipv6_visitor_are_one() -> None:
    for number in range(60):
        fail(f"name{number}", address=f"2001:db8:0:1::{number:x}")
    assert wait("name60", address="2001:db8:0:1:ffff::1")
    fail("name61", address="2001:db8:0:2::1")


def test_without_an_address_only_the_name_counts() -> None:
    for number in range(70):
        fail(f"name{number}", address="")


def test_a_success_clears_the_name() -> None:
    fail(times=9)
    succeed()
    fail(times=10)
    assert wait()


def test_an_office_that_signs_in_rightly_is_never_braked() -> None:
    for number in range(80):
        succeed(f"name{number}")


def test_an_office_whose_codes_follow_is_never_braked() -> None:
    """A right password that still waits for a code does not count against the address, nor free the name."""
    for number in range(80):
        asking = request()
        assert AxesProxyHandler.is_allowed(asking, {"username": f"name{number}"})
        lockouts.take_back(asking)
        lockouts.take_back(asking)  # once is enough
        succeed(f"name{number}")
    for _ in range(10):
        asking = request()
        assert AxesProxyHandler.is_allowed(asking, {"username": "chen"})
        lockouts.take_back(asking)
    assert wait()


def test_it_opens_when_the_time_is_over(settings: Any) -> None:
    settings.BRAKES = {**BRAKES, "sign_in_name": (2, 1)}
    fail(times=2)
    assert wait()
    time.sleep(1.1)
    fail()


def test_many_at_once_gain_nothing() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(not seconds for seconds in pool.map(lambda _: wait(), range(40))) == 10


@pytest.mark.django_db
def test_a_name_that_is_locked_out_is_not_looked_at() -> None:
    user = registering.account("chen", display_name="陈", password=PASSWORD)
    assert authenticate(request(), username="chen", password=PASSWORD) == user
    fail(times=9)
    asking = request()
    assert authenticate(asking, username="chen", password=PASSWORD) is None
    assert asking.axes_locked_out  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_nothing_stands_anywhere_in_clear_or_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    registering.account("chenxiuying", display_name="陈", password=PASSWORD)
    with caplog.at_level(logging.DEBUG, "accounts"):
        for _ in range(11):
            authenticate(request(), username="chenxiuying", password="wrong")
    assert HERE not in caplog.text
    assert "chenxiuying" not in caplog.text
    assert "wrong" not in caplog.text
    keys = list(connection().scan_iter("*chen*")) + list(connection().scan_iter(f"*{HERE}*"))
    assert not keys
    counted = list(connection().scan_iter("brake:*"))
    assert len(counted) == 2
    for key in counted:
        assert str(connection().get(key)).isdecimal()
        assert 0 < connection().ttl(key) <= 900
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        assert not model.objects.exists(), "axes keeps names and addresses in clear in its own tables"
    assert {model._meta.label for model in apps.get_app_config("axes").get_models()} >= {"axes.AccessAttempt"}


def test_without_the_broker_signing_in_is_open_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(braking, "connection", lambda: redis.Redis.from_url("redis://127.0.0.1:9/0"))
    with caplog.at_level(logging.WARNING, "accounts"):
        fail("chenxiuying", times=12)
        succeed("chenxiuying")
    assert "the broker does not answer" in caplog.text
    assert "chenxiuying" not in caplog.text
    assert HERE not in caplog.text
