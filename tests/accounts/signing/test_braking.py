"""The brakes against a real broker: what is counted, when it opens again, what stands in the broker."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from accounts.signing import braking
from accounts.signing.braking import CheckBraked, SignInBraked
from common.redis import connection
from portal.settings import BRAKES

HERE = "203.0.113.7"


@pytest.fixture(autouse=True)
def _brakes(settings: Any) -> Iterator[None]:
    if os.environ["REDIS_URL"].startswith("redis://127.0.0.1:9/"):
        pytest.skip("REDIS_URL is not set")
    settings.BRAKES = BRAKES
    forget()
    yield
    forget()


def forget() -> None:
    for key in connection().scan_iter("brake:*"):
        connection().delete(key)


def fail(username: str = "chen", *, times: int = 1, address: str = HERE) -> None:
    for _ in range(times):
        braking.try_sign_in(username=username, address=address)


def test_the_eleventh_failure_of_a_name_waits() -> None:
    fail(times=10)
    with pytest.raises(SignInBraked) as braked:
        fail()
    assert braked.value.status == 429
    assert 890 <= braked.value.retry_after <= 900
    assert "请 15 分钟后再登录" in braked.value.message


def test_trying_on_does_not_make_the_wait_longer() -> None:
    fail(times=10)
    connection().expire(next(connection().scan_iter("brake:sign_in_name:*")), 30)
    with pytest.raises(SignInBraked) as braked:
        fail()
    assert braked.value.retry_after <= 30
    assert "请 1 分钟后" in braked.value.message


@pytest.mark.parametrize("spelled", ["CHEN", " chen ", "ｃｈｅｎ"])
def test_another_spelling_is_the_same_name(spelled: str) -> None:
    fail(times=10)
    with pytest.raises(SignInBraked):
        fail(spelled)


def test_another_name_is_free_and_another_address_is_not() -> None:
    fail(times=10)
    fail("lin")
    with pytest.raises(SignInBraked):
        fail(address="198.51.100.1")


def test_many_names_from_one_address_wait() -> None:
    for number in range(60):
        fail(f"name{number}")
    with pytest.raises(SignInBraked):
        fail("name60")
    fail("name61", address="198.51.100.1")


def test_the_addresses_of_one_ipv6_visitor_are_one() -> None:
    for number in range(60):
        fail(f"name{number}", address=f"2001:db8:0:1::{number:x}")
    with pytest.raises(SignInBraked):
        fail("name60", address="2001:db8:0:1:ffff::1")
    fail("name61", address="2001:db8:0:2::1")


def test_a_right_password_clears_the_name() -> None:
    fail(times=9)
    fail()
    braking.signed_in(username="chen", address=HERE)
    fail(times=10)


def test_an_office_that_signs_in_rightly_is_never_braked() -> None:
    for number in range(80):
        fail(f"name{number}")
        braking.signed_in(username=f"name{number}", address=HERE)


def test_it_opens_when_the_time_is_over(settings: Any) -> None:
    settings.BRAKES = {**BRAKES, "sign_in_name": (2, 1)}
    fail(times=2)
    with pytest.raises(SignInBraked):
        fail()
    time.sleep(1.1)
    fail()


def test_many_at_once_gain_nothing() -> None:
    def attempt(_: int) -> bool:
        try:
            fail()
        except SignInBraked:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(40))) == 10


def test_public_checks_are_counted_each() -> None:
    for _ in range(60):
        braking.try_check(address=HERE)
    with pytest.raises(CheckBraked) as braked:
        braking.try_check(address=HERE)
    assert 0 < braked.value.retry_after <= 60
    braking.try_check(address="198.51.100.1")


def test_nothing_stands_in_the_broker_in_clear_or_for_ever() -> None:
    fail("chenxiuying", times=3)
    braking.signed_in(username="chenxiuying", address=HERE)
    fail("chenxiuying")
    braking.try_check(address=HERE)
    keys = list(connection().scan_iter("brake:*"))
    assert len(keys) == 3
    for key in keys:
        assert HERE not in key
        assert "chen" not in key
        assert str(connection().get(key)).lstrip("-").isdecimal()
        assert 0 < connection().ttl(key) <= 900


def test_without_the_broker_signing_in_is_open_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(braking, "connection", lambda: redis.Redis.from_url("redis://127.0.0.1:9/0"))
    with caplog.at_level(logging.WARNING, "accounts"):
        fail("chenxiuying", times=12)
        braking.signed_in(username="chenxiuying", address=HERE)
        braking.try_check(address=HERE)
    assert "the broker does not answer" in caplog.text
    assert "chenxiuying" not in caplog.text
    assert HERE not in caplog.text


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", ""),
        ("1.2.3.4:80", ""),
    ],
)
def test_the_block_of_an_address(address: str, block: str) -> None:
    assert braking.block(address) == block


def test_without_an_address_only_the_name_counts() -> None:
    for number in range(70):
        fail(f"name{number}", address="")
