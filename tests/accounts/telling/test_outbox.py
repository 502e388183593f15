"""What is told becomes rows of the caller's transaction: once an act, and only where somebody can and wants to hear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts import tasks
from accounts.models import Delivery, Message, OptOut, Person
from accounts.telling import inbox
from common import clock
from tests.accounts.telling.gateways import Gateway
from tests.accounts.telling.saying import states, told
from tests.factories import people

pytestmark = pytest.mark.django_db


def channels_of(message: Message) -> list[str]:
    return sorted(Delivery.objects.filter(message=message).values_list("channel", flat=True))


def with_email(person: Person) -> Person:
    person.email = "someone@example.com"
    person.save(update_fields=["email"])
    return person


@pytest.mark.parametrize("mobile", [True, False])
@pytest.mark.parametrize("email", [True, False])
@pytest.mark.parametrize("kind", ["withdrawn", "revealed", "supplement"])
@pytest.mark.parametrize("out", [(), (("sms", "progress"),), (("email", "progress"), ("sms", "deadline"))])
def test_a_row_for_every_channel_that_reaches_the_person_and_is_wanted(
    gateway: Gateway, at: Any, mobile: bool, email: bool, kind: str, out: tuple[tuple[str, str], ...]
) -> None:
    person = people.person(mobile="13812345678" if mobile else "")
    if email:
        with_email(person)
    for channel, topic in out:
        OptOut.objects.create(person=person, channel=channel, topic=topic, since=clock.now())
    message = told(person, kind=kind, count="2", due="2026-12-01", purpose="核对地址")
    reached = {"sms"} & ({"sms"} if mobile else set()) | ({"email"} if email else set())
    if kind == "revealed":  # in the portal only
        reached = set()
    if kind == "withdrawn":  # may be left out; a supplement notice may not
        reached -= {channel for channel, topic in out if topic == "progress"}
    assert channels_of(message) == sorted(reached)
    assert Message.objects.count() == 1


def test_one_act_is_told_once_to_a_person(gateway: Gateway, person: Person) -> None:
    first = told(person, about="the act")
    told(person, about="the act")
    assert [one.pk for one in Message.objects.all()] == [first.pk]
    assert Delivery.objects.count() == 1
    other = people.person(mobile="13912345678")
    told(other, about="the act")  # another person is told of it too
    told(person, about="another act")
    assert (Message.objects.count(), Delivery.objects.count()) == (3, 3)


def test_it_stands_and_falls_with_the_act(gateway: Gateway, person: Person) -> None:
    with transaction.atomic():
        told(person)
        transaction.set_rollback(True)
    assert (Message.objects.count(), Delivery.objects.count()) == (0, 0)


@pytest.mark.parametrize("count", [1, 50])
def test_any_number_costs_two_statements(
    gateway: Gateway, person: Person, count: int, django_assert_num_queries: Any
) -> None:
    values = {"matter": "某事项", "whose": "您申请的"}
    messages = [
        inbox.message(person.pk, kind="withdrawn", occasion=f"{n}", values=values, at=clock.now())
        for n in range(count)
    ]
    with django_assert_num_queries(2):
        inbox.send(messages)
    assert Delivery.objects.count() == count


def test_nothing_set_up_writes_no_rows(at: Any, settings: Any, django_assert_num_queries: Any) -> None:
    settings.SMS_URL = ""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", ""
    person = people.person(mobile="13812345678")
    with django_assert_num_queries(1):
        told(person)
    assert states() == []


def test_nothing_to_tell_is_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        inbox.send([])


@pytest.mark.parametrize(("kind", "waits", "woken"), [("withdrawn", 15, 0), ("email_changed", 0, 1)])
def test_what_may_wait_waits_for_others_and_what_may_not_wakes_a_worker(
    gateway: Gateway,
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
    kind: str,
    waits: int,
    woken: int,
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **_: calls.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        told(person, kind=kind, change="登记")
    assert len(calls) == woken
    assert Delivery.objects.get().not_before == clock.now() + timedelta(seconds=waits)


def test_a_broker_that_is_down_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(**_: Any) -> None:
        raise OSError

    monkeypatch.setattr(tasks.deliver, "apply_async", down)
    tasks.wake()


def test_reading_all_reads_ones_own(gateway: Gateway, person: Person) -> None:
    other = people.person()
    told(person)
    told(person, about=2)
    told(other)
    inbox.mark_all_read(person)
    assert set(Message.objects.filter(person=person).values_list("read_at", flat=True)) == {clock.now()}
    assert Message.objects.get(person=other).read_at is None
