"""The brakes against a real broker: what is counted, when it opens again, what stands in the broker."""

from __future__ import annotations

import logging

import pytest
import redis

from accounts.signing import braking
from accounts.signing.braking import CheckBraked

pytestmark = pytest.mark.usefixtures("brakes")
HERE = "203.0.113.7"


def test_public_checks_are_counted_each() -> None:
    for _ in range(60):
        braking.try_check(address=HERE)
    with pytest.raises(CheckBraked) as braked:
        braking.try_check(address=HERE)
    assert 0 < braked.value.retry_after <= 60
    braking.try_check(address="198.51.100.1")


def test_without_the_broker_checking_is_open_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(braking, "connection", lambda: redis.Redis.from_url("redis://127.0.0.1:9/0"))
    with caplog.at_level(logging.WARNING, "accounts"):
        for _ in range(61):
            braking.try_check(address=HERE)
    assert "the broker does not answer" in caplog.text
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
