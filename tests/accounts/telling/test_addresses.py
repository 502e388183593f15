"""An e-mail address is a person's when they have typed the code that was sent there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import Delivery, EmailCode, Message, OptOut, Person
from accounts.states import Topic
from accounts.telling import addresses, preferring
from accounts.telling.addresses import InvalidAddress, TooManyCodes, WrongCode
from records.models import JournalEntry
from tests.accounts.telling.gateways import Gateway
from tests.accounts.telling.saying import deliver
from tests.factories import people

pytestmark = pytest.mark.django_db
ADDRESS = "Chen.Guiying@Example.com"
At = Callable[[datetime | timedelta], datetime]


def asked(person: Person, email: str = ADDRESS) -> str:
    """Ask for a code and return what arrives."""
    before = len(mail.outbox)
    addresses.ask_code(person, email=email)
    deliver()
    assert [one.to for one in mail.outbox[before:]] == [[email]]
    return str(mail.outbox[-1].subject).removeprefix("验证码 ")


def test_the_code_that_arrives_makes_it_theirs(gateway: Gateway, person: Person) -> None:
    code = asked(person)
    assert not Person.objects.get(pk=person.pk).email
    addresses.confirm(person, code=f" {code} ")
    assert Person.objects.get(pk=person.pk).email == ADDRESS
    assert not EmailCode.objects.exists()
    (message,) = Message.objects.all()
    assert message.title == "接收通知的邮箱已登记"
    deliver()
    assert [one["template"] for one in gateway.letters] == ["email_changed"]
    assert mail.outbox[-1].to == [ADDRESS]
    acts = JournalEntry.objects.filter(stream=f"person:{person.pk}").order_by("sequence")
    assert [one.act for one in acts][-2:] == ["email_named", "email_confirmed"]


@pytest.mark.parametrize(
    "email",
    ["", "x", "x@", "x@y", "a b@example.com", "甲@example.com", "a@例子.cn", "a@example.com\nBcc: b@x.cn"],
)
def test_what_is_no_address(gateway: Gateway, person: Person, email: str) -> None:
    with pytest.raises(InvalidAddress):
        addresses.ask_code(person, email=email)
    assert not Delivery.objects.exists()


def test_guessing_ends_after_five_tries(gateway: Gateway, person: Person) -> None:
    code = asked(person)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(addresses.TRIES):
        with pytest.raises(WrongCode):
            addresses.confirm(person, code=wrong)
    with pytest.raises(WrongCode):
        addresses.confirm(person, code=code)
    assert not Person.objects.get(pk=person.pk).email


def test_a_code_ends_after_ten_minutes(gateway: Gateway, person: Person, at: At) -> None:
    code = asked(person)
    at(timedelta(minutes=10))
    with pytest.raises(WrongCode):
        addresses.confirm(person, code=code)


def test_a_code_is_the_persons_own_and_for_the_last_address_named(
    gateway: Gateway, person: Person, at: At
) -> None:
    first = asked(person)
    at(timedelta(minutes=2))
    second = asked(person, "b@example.com")
    other = people.person()
    with pytest.raises(WrongCode):
        addresses.confirm(other, code=second)
    if first != second:
        with pytest.raises(WrongCode):
            addresses.confirm(person, code=first)
    addresses.confirm(person, code=second)
    assert Person.objects.get(pk=person.pk).email == "b@example.com"


def test_nobodys_box_is_filled_with_codes(gateway: Gateway, person: Person, at: At) -> None:
    for number in range(addresses.AN_HOUR):
        at(timedelta(minutes=2 * number))
        asked(person)
        with pytest.raises(TooManyCodes):
            addresses.ask_code(person, email=ADDRESS)
    at(timedelta(minutes=30))
    with pytest.raises(TooManyCodes):
        addresses.ask_code(person, email=ADDRESS)
    at(timedelta(minutes=61))
    asked(person)


def test_the_old_address_is_told(gateway: Gateway, person: Person, at: At) -> None:
    addresses.confirm(person, code=asked(person))
    deliver()
    at(timedelta(minutes=5))
    addresses.confirm(person, code=asked(person, "thief@example.com"))
    before = len(mail.outbox)
    deliver()
    told = {one.to[0]: one.subject for one in mail.outbox[before:]}
    assert told == {ADDRESS: "接收通知的邮箱已更换", "thief@example.com": "接收通知的邮箱已更换"}
    before = len(mail.outbox)
    addresses.remove(person)
    addresses.remove(person)
    deliver()
    assert [one.to for one in mail.outbox[before:]] == [["thief@example.com"]]
    assert not Person.objects.get(pk=person.pk).email
    assert Message.objects.count() == 3


def test_neither_code_nor_address_stands_in_a_table(gateway: Gateway, person: Person) -> None:
    addresses.ask_code(person, email=ADDRESS)
    rows = f"{Delivery.objects.values().get()} {EmailCode.objects.values().get()}"
    assert ADDRESS not in rows
    deliver()
    assert mail.outbox[-1].subject.removeprefix("验证码 ") not in str(Delivery.objects.values().get())


# --- what one wants to hear -------------------------------------------------------------------------------------------


def test_what_may_be_left_out() -> None:
    optional, necessary = preferring.optional_topics(), preferring.necessary_topics()
    assert {Topic.PROGRESS, Topic.RESULT, Topic.CERTIFICATES} <= set(optional)
    assert {Topic.DEADLINE, Topic.SECURITY} <= set(necessary)
    assert Topic.SECURITY not in optional
    assert Topic.RECORDS not in optional  # in the portal only: there is nothing to leave out


@pytest.mark.parametrize(
    ("wanted", "out"),
    [
        ([], {(c, t) for c in ("sms", "email") for t in ("progress", "result", "deadline", "certificates")}),
        ([("sms", "progress"), ("email", "progress")], None),
        ([("sms", "security"), ("pigeon", "progress"), ("sms", "weather")], None),
    ],
)
def test_choosing(person: Person, wanted: list[tuple[str, str]], out: set[tuple[str, str]] | None) -> None:
    preferring.choose(person, wanted=wanted)
    possible = {(c, t) for c in ("sms", "email") for t in ("progress", "result", "deadline", "certificates")}
    assert preferring.opted_out(person) == (possible - set(wanted) if out is None else out)
    preferring.choose(person, wanted=possible)
    assert not OptOut.objects.exists()
    assert JournalEntry.objects.filter(stream=f"person:{person.pk}", act="notices_chosen").count() == 2


def test_choosing_the_same_again_leaves_no_trace(person: Person, django_assert_num_queries: Any) -> None:
    preferring.choose(person, wanted=[])
    preferring.choose(person, wanted=[])
    assert JournalEntry.objects.filter(act="notices_chosen").count() == 1
