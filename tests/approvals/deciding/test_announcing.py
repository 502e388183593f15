"""A page that waits is woken by an announcement, and never kept by a broker that is gone or by too many others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from approvals.deciding import announcing
from common.redis import connection

CASE = "44050720261120999999"


@pytest.fixture(autouse=True)
def _nothing_said() -> Iterator[None]:
    connection().delete(f"done:{CASE}")
    yield
    connection().delete(f"done:{CASE}")


def test_what_was_announced_before_anybody_waited_is_not_waited_for() -> None:
    announcing.announce([CASE])
    began = time.monotonic()
    assert announcing.wait(CASE, seconds=2)
    assert time.monotonic() - began < 1
    assert not announcing.wait(CASE, seconds=0.05), "an announcement wakes once"


def test_who_waits_is_woken() -> None:
    found: list[bool] = []
    waiter = threading.Thread(target=lambda: found.append(announcing.wait(CASE, seconds=5)))
    waiter.start()
    time.sleep(0.05)
    announcing.announce(["44050720261120999998", CASE])
    waiter.join(5)
    assert found == [True]


def test_an_announcement_ends_by_itself_and_can_be_dropped() -> None:
    announcing.announce([CASE])
    assert 0 < int(connection().ttl(f"done:{CASE}")) <= announcing.KEPT_SECONDS
    announcing.forget(CASE)
    assert not announcing.wait(CASE, seconds=0.05)


def test_one_too_many_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "_waiters", BoundedSemaphore(1))
    assert not announcing.wait(CASE, seconds=0.01)
    announcing._waiters.acquire()
    announcing.announce([CASE])
    assert not announcing.wait(CASE, seconds=5)
    announcing._waiters.release()
    assert announcing.wait(CASE, seconds=1), "the place is free again"


def test_without_a_broker_nobody_waits_and_nothing_breaks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gone = redis.Redis(host="127.0.0.1", port=9, retry=Retry(NoBackoff(), 0))
    away: Any = lambda **_: gone  # noqa: E731
    monkeypatch.setattr(announcing, "connection", away)
    announcing.announce([CASE])
    announcing.forget(CASE)
    assert not announcing.wait(CASE, seconds=0.05)
    assert [record.message for record in caplog.records] == [
        "announcing failed: ConnectionError",
        "forgetting failed: ConnectionError",
        "waiting failed: ConnectionError",
    ]
    assert CASE not in caplog.text
