"""What is told goes out through a real worker to a real gateway; killed at the worst moment, nobody hears it twice."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts import tasks
from accounts.models import Delivery
from common.redis import connection as broker
from portal.demo.gateway import asking
from portal.demo.gateway.asking import Sent
from tests.accounts.telling.saying import told
from tests.factories import people
from tests.processes.running import Processes
from tests.processes.watching import within


@pytest.fixture
def outside(gateway: dict[str, str], settings: Any) -> Iterator[dict[str, str]]:
    """This process set up as the worker is, and a gateway that is well."""
    settings.SMS_URL, settings.SMS_SECRET = gateway["SMS_URL"], gateway["SMS_SECRET"]
    settings.TELL_WINDOW_SECONDS = 0
    order({"reset": True})
    yield gateway
    order({"reset": True})


def order(what: dict[str, Any]) -> None:
    request = urllib.request.Request(f"{asking.address()}/control", json.dumps(what).encode())
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200


def arrived(matter: str) -> list[Sent]:
    """What the stand-in has of one matter."""
    state = asking.state()
    assert state is not None
    return [one for one in state.letters if matter in one.text]


def asked() -> int:
    with urllib.request.urlopen(f"{asking.address()}/sent", timeout=5) as answer:
        return int(json.load(answer)["asked"])


def state() -> str:
    return str(Delivery.objects.values_list("state", flat=True).get())


def test_a_message_arrives_by_the_timetable(
    outside: dict[str, str], begin_worker: Callable[..., None], timetable: None
) -> None:
    begin_worker(**outside)
    told(people.person(mobile="13812340001"), matter="按时到达")
    broker().flushdb()  # a wake-up that is lost costs a look of the timetable
    assert within(20, lambda: state() == "sent")
    (sent,) = arrived("按时到达")
    assert (sent.channel, sent.to, sent.times) == ("短信", "138****0001", 1)
    assert urlsplit(outside["SMS_URL"]).hostname == "127.0.0.1"


@pytest.mark.parametrize(
    ("fault", "matter", "times"),
    [
        ({"fault": "silence"}, "发出之前", 1),  # claimed, and the gateway never took it
        ({"fault": "delay", "ms": 60_000}, "发出之后", 2),  # taken, and the worker died before it learnt so
    ],
)
def test_a_worker_killed_while_it_sends(
    outside: dict[str, str],
    begin_worker: Callable[..., None],
    processes: Processes,
    fault: dict[str, Any],
    matter: str,
    times: int,
) -> None:
    order({"channel": "sms", **fault})
    before = asked()
    begin_worker(**outside)
    told(people.person(mobile="13812340002"), matter=matter)
    tasks.wake()
    assert within(15, lambda: asked() == before + 1)
    processes.kill("worker")
    assert (state(), Delivery.objects.get().attempts) == ("waiting", 1)
    order({"reset": True})
    begin_worker(**outside)

    def sent() -> bool:
        tasks.wake()
        return state() == "sent"

    assert within(20, sent)
    (letter,) = arrived(matter)
    assert letter.times == times
    assert asked() == before + 2
    assert Delivery.objects.get().attempts == 2


def test_two_wake_ups_and_two_workers_send_once(
    outside: dict[str, str], begin_worker: Callable[..., None]
) -> None:
    for number in range(6):
        told(people.person(mobile=f"1381234010{number}"), matter="各发一次")
    for _ in range(8):
        tasks.wake()
    begin_worker(**outside)
    assert within(20, lambda: not Delivery.objects.filter(state="waiting").exists())
    assert [one.times for one in arrived("各发一次")] == [1] * 6
