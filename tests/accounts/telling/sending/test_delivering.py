"""Claim, hand over, settle: retries, merging, opting out, quiet hours, and a worker that dies at the worst moment."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection

from accounts import tasks
from accounts.models import Delivery, Message, OptOut, Person
from accounts.telling.sending import channels, delivering, planning
from accounts.telling.sending.failures import Failed
from common import clock
from common.clock import SHANGHAI
from tests.accounts.telling.conftest import MOBILE, NOON
from tests.accounts.telling.gateways import Gateway
from tests.accounts.telling.saying import deliver, states, told
from tests.factories import people

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=20)
At = Callable[[datetime | timedelta], datetime]


def test_one_message_goes_out_once_with_its_template_and_its_values_only(
    gateway: Gateway, person: Person, at: At
) -> None:
    told(person, matter="某事项")
    assert deliver() == 0  # others of its kind may still come
    at(SOON)
    assert deliver() == 1
    assert deliver() == 0
    (sent,) = gateway.letters
    row = Delivery.objects.get()
    assert sent == {
        "id": str(row.sending),
        "mobile": MOBILE,
        "sign": "龙湖政务",
        "template": "withdrawn",
        "values": {"whose": "您申请的", "matter": "某事项"},
    }
    assert (row.state, row.settled_at, row.lease_until, row.attempts) == ("sent", NOON + SOON, None, 1)


def test_a_providers_own_template_ids(gateway: Gateway, person: Person, at: At, settings: Any) -> None:
    settings.SMS_TEMPLATES = {"withdrawn": "SMS_1001", "several": "SMS_1002"}
    told(person)
    at(SOON)
    deliver()
    assert gateway.letters[0]["template"] == "SMS_1001"


# --- merging ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 3, 50])
def test_an_import_that_tells_fifty_things_sends_one(
    gateway: Gateway, person: Person, at: At, count: int
) -> None:
    for number in range(count):
        told(
            person, kind="certificate_changed", about=number, state="吊销", was="有效", reason="x", number="1"
        )
    at(SOON)
    assert deliver() == 1
    (sent,) = gateway.letters
    assert sent["template"] == "several"
    assert sent["values"] == {"count": str(count), "topic": "我的证照"}
    assert states() == ["sent"] * count
    assert Delivery.objects.values("sending").distinct().count() == 1
    assert Message.objects.count() == count  # in the portal each stands for itself


def test_fifty_over_an_hour_are_a_handful(gateway: Gateway, person: Person, at: At) -> None:
    for minute in range(60):
        at(timedelta(minutes=minute))
        told(person, about=minute)
        at(timedelta(minutes=minute, seconds=20))
        deliver()
    at(timedelta(hours=2))
    deliver()
    assert set(states()) == {"sent"}
    assert len(gateway.letters) <= 7
    said = sum(int(one["values"].get("count", 1)) for one in gateway.letters)
    assert said == 60


def test_people_kinds_and_channels_do_not_mix(gateway: Gateway, person: Person, at: At) -> None:
    other = people.person(mobile="13900000001")
    person.email = "someone@example.com"
    person.save(update_fields=["email"])
    for one in (person, other):
        told(one, about=1)
        told(one, about=2)
        told(one, kind="supplement", count="1", due="2026-12-01")
    at(SOON)
    assert deliver() == 6
    assert sorted((one["mobile"], one["template"]) for one in gateway.letters) == [
        (MOBILE, "several"),
        (MOBILE, "supplement"),
        ("13900000001", "several"),
        ("13900000001", "supplement"),
    ]
    assert sorted(one.subject for one in mail.outbox) == ["您有 2 条新消息", "某事项：请在 2026-12-01 前补正"]


def test_what_stands_alone_is_never_merged(gateway: Gateway, person: Person, at: At) -> None:
    outgoing = [("111111", "a@example.com"), ("222222", "a@example.com")]
    for code, to in outgoing:
        Delivery.objects.create(
            person=person,
            channel="email",
            kind="email_code",
            sealed={"to": to, "values": {"code": code, "minutes": "10"}},
            created_at=NOON,
            not_before=NOON,
        )
    assert deliver() == 2
    assert sorted(one.subject for one in mail.outbox) == ["验证码 111111", "验证码 222222"]
    assert set(Delivery.objects.values_list("sealed", flat=True)) == {
        None
    }  # the code is gone once it is sent


# --- quiet hours, opting out ------------------------------------------------------------------------------------------


def test_at_night_an_sms_waits_for_the_morning_and_a_mail_does_not(
    gateway: Gateway, person: Person, at: At
) -> None:
    person.email = "someone@example.com"
    person.save(update_fields=["email"])
    at(datetime(2026, 11, 20, 23, 0, tzinfo=SHANGHAI))
    told(person)
    at(datetime(2026, 11, 20, 23, 1, tzinfo=SHANGHAI))
    assert deliver() == 1
    assert (len(mail.outbox), gateway.letters) == (1, [])
    morning = datetime(2026, 11, 21, 8, 0, tzinfo=SHANGHAI)
    assert Delivery.objects.get(channel="sms").not_before == morning
    at(datetime(2026, 11, 21, 3, 0, tzinfo=SHANGHAI))
    told(person, about=2)
    at(datetime(2026, 11, 21, 7, 59, 59, tzinfo=SHANGHAI))
    deliver()
    assert gateway.letters == []
    at(morning)
    deliver()
    assert [one["values"].get("count") for one in gateway.letters] == ["2"]


def test_what_is_urgent_goes_at_night(gateway: Gateway, person: Person, at: At) -> None:
    at(datetime(2026, 11, 20, 23, 0, tzinfo=SHANGHAI))
    told(person, kind="email_changed", change="更换")
    assert deliver() == 1
    assert gateway.letters[0]["template"] == "email_changed"


def test_opting_out_counts_until_it_is_sent(gateway: Gateway, person: Person, at: At) -> None:
    told(person)
    told(person, kind="supplement", count="1", due="2026-12-01")
    for topic in ("progress", "deadline"):
        OptOut.objects.create(person=person, channel="sms", topic=topic, since=NOON)
    at(SOON)
    deliver()
    assert [one["template"] for one in gateway.letters] == ["supplement"]  # necessary: a deadline runs
    assert dict(Delivery.objects.values_list("kind", "state")) == {
        "withdrawn": "unwanted",
        "supplement": "sent",
    }


def test_a_number_taken_away_meanwhile(gateway: Gateway, person: Person, at: At) -> None:
    told(person)
    person.mobile = ""
    person.save(update_fields=["mobile"])
    at(SOON)
    deliver()
    assert (states(), gateway.asked) == (["unwanted"], [])


# --- failing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state", "error"),
    [
        (200, "sent", ""),
        (204, "sent", ""),
        (400, "given_up", "短信网关拒收 400"),
        (422, "given_up", "短信网关拒收 422"),
        (401, "waiting", "短信网关返回 401"),
        (409, "waiting", "短信网关返回 409"),
        (429, "waiting", "短信网关返回 429"),
        (500, "waiting", "短信网关返回 500"),
        (503, "waiting", "短信网关返回 503"),
        (302, "waiting", "短信网关返回 302"),
    ],
)
def test_answers_of_the_gateway(
    gateway: Gateway, person: Person, at: At, status: int, state: str, error: str
) -> None:
    gateway.status = status
    told(person)
    moment = at(SOON)
    deliver()
    row = Delivery.objects.get()
    assert (row.state, row.error) == (state, error)
    assert (row.failed_at == moment) is (state != "sent")
    if state == "waiting":
        assert row.not_before == moment + timedelta(seconds=planning.BACK_OFF[0])


def test_tried_again_under_the_same_id_and_given_up_in_the_end(
    gateway: Gateway, person: Person, at: At, settings: Any
) -> None:
    settings.SMS_QUIET_HOURS = None
    gateway.status = 500
    told(person)
    moment = SOON
    at(moment)
    assert deliver() == 1
    for wait in planning.BACK_OFF:
        moment += timedelta(seconds=wait)
        at(moment - timedelta(seconds=1))
        assert deliver() == 0  # not a second before its time
        at(moment)
        assert deliver() == 1
    at(moment + timedelta(days=1))
    assert deliver() == 0
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("given_up", planning.TRIES)
    assert len(gateway.asked) == planning.TRIES
    assert {one["id"] for one in gateway.asked} == {str(row.sending)}
    assert gateway.letters == []


def test_what_was_tried_together_stays_together_and_others_do_not_join(
    gateway: Gateway, person: Person, at: At
) -> None:
    """The gateway may have taken the first letter: under its id nothing else may ever be said."""
    told(person, about=1)
    told(person, about=2)
    gateway.status = 500
    at(SOON)
    deliver()
    told(person, about=3)
    gateway.status = 200
    for hours in (1, 2, 3):
        at(timedelta(hours=hours))
        deliver()
    assert [one["values"].get("count") for one in gateway.letters] == ["2", None]
    assert len({json.dumps(one) for one in gateway.asked[:2]}) == 1


def test_a_gateway_that_is_not_there(gateway: Gateway, person: Person, at: At, settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/sms"
    told(person)
    at(SOON)
    deliver()
    assert Delivery.objects.get().error == "短信网关连不上"


def test_mail_that_cannot_be_sent(
    gateway: Gateway, at: At, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = people.person()
    person.email = "someone@example.com"
    person.save(update_fields=["email"])
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    told(person)
    at(SOON)
    deliver()
    assert Delivery.objects.get().error == "邮件没有发出：ConnectionRefusedError"
    assert "someone" not in Delivery.objects.get().error


def test_one_letter_that_cannot_be_made_costs_only_itself(
    gateway: Gateway, person: Person, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = told(person)
    Message.objects.filter(pk=bad.pk).update(values={})
    told(person, kind="supplement", count="1", due="2026-12-01")
    numbered = told(people.person(mobile="13900000002"), matter="13812345678")
    at(SOON)
    deliver()
    assert [one["template"] for one in gateway.letters] == ["supplement"]
    rows = dict(Delivery.objects.values_list("message", "error"))
    assert rows[bad.pk] == "文字不能发出：KeyError"
    assert rows[numbered.pk] == "文字不能发出：NotForOutside"


# --- two workers, dead workers ----------------------------------------------------------------------------------------


def test_dead_between_claim_and_send(gateway: Gateway, person: Person, at: At) -> None:
    told(person)
    at(SOON)
    (lost,) = delivering.claim(at=clock.now())
    assert delivering.claim(at=clock.now()) == []  # leased
    at(SOON + timedelta(seconds=61))
    deliver()
    assert [one["id"] for one in gateway.asked] == [str(lost.sending)]
    assert (states(), Delivery.objects.get().attempts) == (["sent"], 2)


def test_dead_between_send_and_settle(
    gateway: Gateway, person: Person, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway has it, the database does not know: it is sent again, and the gateway sees that it has it."""
    told(person)
    told(person, about=2)
    at(SOON)
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_settle_parcel", lambda *_, **__: None)
        deliver_once = delivering.deliver_due()
    assert (deliver_once, states()) == (1, ["waiting", "waiting"])
    told(person, about=3)  # does not slip into the letter that is out already
    at(SOON + timedelta(seconds=61))
    deliver()
    at(timedelta(hours=1))
    deliver()
    assert len(gateway.asked) == 3
    assert gateway.asked[0] == gateway.asked[1]
    assert len(gateway.letters) == 2
    assert set(states()) == {"sent"}


def test_a_worker_that_outlived_its_lease_settles_nothing(gateway: Gateway, person: Person, at: At) -> None:
    told(person)
    at(SOON)
    (old,) = delivering.claim(at=clock.now())
    at(SOON + timedelta(seconds=61))
    (new,) = delivering.claim(at=clock.now())
    delivering._deliver(old)
    assert states() == ["waiting"]
    delivering._deliver(new)
    assert states() == ["sent"]
    assert len(gateway.letters) == 1


def test_a_slow_gateway_does_not_outlive_the_lease(
    gateway: Gateway, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        told(people.person(mobile=f"1390000001{number}"))
    at(SOON)
    ticks = iter(range(0, 1_000_000, 20_000))
    monkeypatch.setattr(clock, "monotonic_ms", lambda: float(next(ticks)))
    assert delivering.deliver_due() == 1
    assert sorted(states()) == ["sent", "waiting", "waiting", "waiting", "waiting"]


def test_claiming_costs_the_same_for_one_and_for_many_of_one_person(
    gateway: Gateway, person: Person, at: At, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        told(person, about=number)
    at(SOON)
    with django_assert_max_num_queries(8):
        delivering.claim(at=clock.now())


def test_only_one_delivers(gateway: Gateway, person: Person, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    told(person)
    at(SOON)
    with delivering.only_one() as mine:
        assert mine
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute(delivering._LANE)
                assert cursor.fetchone() == (False,)
        finally:
            other.close()
    assert tasks.deliver() == 1
    assert tasks.deliver() == 0


def test_failing_words_hold_nothing_of_the_letter(
    gateway: Gateway,
    person: Person,
    at: At,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def break_down(letter: channels.Letter) -> None:
        raise RuntimeError(letter.kind)

    monkeypatch.setattr(channels, "hand_over", break_down)
    told(person)
    at(SOON)
    deliver()
    assert MOBILE not in caplog.text + Delivery.objects.get().error
    letter = channels.Letter(UUID(int=0), "sms", "withdrawn", MOBILE, {"matter": "某事项"})  # type: ignore[arg-type]
    assert MOBILE not in repr(letter)
    assert "某事项" not in repr(letter)
    assert issubclass(Failed, Exception)
