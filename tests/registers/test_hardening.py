"""Registers that fail, hang or come back: breakers, kept answers, pauses between tries, one budget of time."""

from __future__ import annotations

import itertools
import json
import time
from datetime import timedelta

import pytest
import redis as library
from django.conf import settings as conf
from django.db import connection as database

from common import clock
from common import redis as broker
from records.encrypting import envelope
from registers import asking, breaking, calling, defining
from registers.asking import RESTING, Question
from registers.models import RegisterCall
from tests.factories.fixtures import NOON
from tests.registers.conftest import ALIVE, COUNTED

pytestmark = pytest.mark.django_db(transaction=True)
ID = "440507193403159997"
Outcome = RegisterCall.Outcome


def question(name: str = "test_alive", *, number: str = ID, case: str = "LH1") -> Question:
    return Question(name, {"id_number": number}, case, "M1", "确认健在")


def outcomes(*names: str) -> list[str]:
    return [str(one.outcome) for one in asking.ask_many([question(name) for name in names])]


def define(base=ALIVE, **changes) -> None:
    defining.save({**base, **changes})


@pytest.fixture(params=["shared", "alone"])
def broker_or_none(request, monkeypatch):
    """With Redis, and without: then a process goes by what it sees itself."""
    if request.param == "alone":
        monkeypatch.setattr(broker, "_silent_until", float("inf"))
    elif conf.REDIS_URL.startswith("redis://127.0.0.1:9/"):
        pytest.skip("REDIS_URL is not set")
    return request.param


@pytest.fixture
def shared():
    if conf.REDIS_URL.startswith("redis://127.0.0.1:9/"):
        pytest.skip("REDIS_URL is not set")
    return broker.connection()


def rest_is_over() -> None:
    """As if the pause had passed, for who has Redis and who has not."""
    if broker._silent_until == float("inf"):
        for view in breaking._views.values():
            view.rests_until = 0.0
    else:
        for key in broker.connection().scan_iter("register:*:rest"):
            broker.connection().delete(key)


def test_a_breaker_opens_rests_tries_once_and_closes(stand_in, registers, broker_or_none):
    define(breaker_failures=3)
    stand_in.tell(register="test_alive", fault="error")
    assert outcomes("test_alive", "test_count") == ["failed", "no_hit"]
    assert outcomes("test_alive", "test_alive") == ["failed", "failed"]
    asked = stand_in.tell(register="test_count", fault="none")["test_alive"]["asked"]
    started = time.monotonic()
    (resting,) = asking.ask_many([question()])
    assert time.monotonic() - started < 0.1
    assert (resting.outcome, resting.answered, resting.values, resting.error) == (
        Outcome.UNSENT,
        False,
        {},
        RESTING,
    )
    call = RegisterCall.objects.get(outcome="unsent")
    assert (call.attempts, call.error, call.latency_ms, call.answer_of) == (0, RESTING, None, None)
    rest_is_over()
    assert outcomes("test_alive", "test_alive", "test_alive") == [
        "failed",
        "unsent",
        "unsent",
    ]  # one tries it
    assert outcomes("test_alive") == ["unsent"]  # and the pause begins anew
    stand_in.tell(register="test_alive", fault="none")
    rest_is_over()
    assert outcomes("test_alive") == ["no_hit"]
    assert outcomes("test_alive", "test_alive") == ["no_hit", "no_hit"]
    assert stand_in.tell(register="test_count", fault="none")["test_alive"]["asked"] == asked + 4
    assert breaking.states(["test_alive"], fresh=True) == {"test_alive": None}


def test_an_answer_in_between_keeps_the_breaker_closed(stand_in, registers, broker_or_none):
    define(breaker_failures=2)
    for _ in range(3):
        stand_in.tell(register="test_alive", fault="error")
        assert outcomes("test_alive") == ["failed"]
        stand_in.tell(register="test_alive", fault="none")
        assert outcomes("test_alive") == ["no_hit"]


def test_failures_far_apart_do_not_open_it(stand_in, registers, shared):
    define(breaker_failures=2, breaker_window_seconds=1)
    stand_in.tell(register="test_alive", fault="error")
    assert outcomes("test_alive") == ["failed"]
    time.sleep(1.1)
    assert outcomes("test_alive") == ["failed"]
    assert outcomes("test_alive") == ["failed"]
    assert outcomes("test_alive") == ["unsent"]


def test_no_breaker_where_none_is_wanted(stand_in, registers):
    define(breaker_failures=0)
    stand_in.tell(register="test_alive", fault="error")
    assert outcomes(*["test_alive"] * 12) == ["failed"] * 12
    assert outcomes("test_alive") == ["failed"]


def test_another_process_learns_of_it(stand_in, registers, shared):
    define(breaker_failures=1)
    stand_in.tell(register="test_alive", fault="error")
    assert outcomes("test_alive") == ["failed"]
    breaking._views.clear()  # as a process that was not there
    assert outcomes("test_alive") == ["unsent"]
    assert breaking.states(["test_alive"])["test_alive"] is not None


def test_a_broker_that_goes_away_lets_everything_be_asked(stand_in, registers, shared, monkeypatch):
    define(breaker_failures=1, cache_seconds=60)
    stand_in.tell(register="test_alive", fault="error")
    assert outcomes("test_alive") == ["failed"]

    def gone(**_):
        raise library.ConnectionError

    monkeypatch.setattr(broker, "connection", gone)
    monkeypatch.setattr(broker, "_silent_until", 0.0)
    breaking._views.clear()
    assert outcomes("test_alive") == ["failed"]
    breaking._views.clear()
    assert outcomes("test_alive") == ["failed"]
    assert outcomes("test_alive") == ["unsent"]  # this process has seen enough itself


def test_a_kept_answer_is_used_again_and_says_so(stand_in, registers, shared):
    clock.set_source(lambda: NOON)
    define(cache_seconds=60)
    stand_in.tell(
        register="test_alive", records=[{"key": {"id_number": ID}, "values": {"dead": False, "since": None}}]
    )
    (first,) = asking.ask_many([question()])
    asked = stand_in.tell(register="test_count", fault="none")["test_alive"]["asked"]
    clock.set_source(lambda: NOON + timedelta(seconds=30))
    (again,) = asking.ask_many([question(case="LH2")])
    assert (
        (again.outcome, again.values)
        == (first.outcome, first.values)
        == (
            Outcome.HIT,
            {"dead": False, "since": None, "found": True},
        )
    )
    assert first.at == again.at == NOON
    call = RegisterCall.objects.get(case_reference="LH2")
    assert (call.outcome, call.answer_of, call.attempts) == ("hit", NOON, 0)
    assert RegisterCall.objects.get(case_reference="LH1").answer_of is None
    assert stand_in.tell(register="test_count", fault="none")["test_alive"]["asked"] == asked
    stand_in.tell(register="test_alive", fault="error")
    clock.set_source(lambda: NOON + timedelta(seconds=61))
    assert outcomes("test_alive") == ["failed"]  # too old, whatever Redis thinks of the time


@pytest.mark.parametrize(
    "change",
    [{"no_hit": {"dead": False}}, {"path": "/x/test_alive"}, {"fields": {"dead": ALIVE["fields"]["dead"]}}],
)
def test_what_a_changed_register_said_before_is_asked_anew(stand_in, registers, shared, change):
    define(cache_seconds=60)
    assert outcomes("test_alive") == ["no_hit"]
    define(cache_seconds=60, **change)
    assert outcomes("test_alive") == ["no_hit"]
    assert RegisterCall.objects.filter(answer_of=None).count() == 2


def test_nobody_gets_anothers_kept_answer_and_failures_are_not_kept(stand_in, registers, shared):
    define(cache_seconds=60)
    assert outcomes("test_alive") == ["no_hit"]
    stand_in.tell(register="test_alive", fault="error")
    (other,) = asking.ask_many([question(number="440507193403159998")])
    assert other.outcome == Outcome.FAILED
    stand_in.tell(register="test_alive", fault="none")
    (other,) = asking.ask_many([question(number="440507193403159998")])
    assert (other.outcome, RegisterCall.objects.exclude(answer_of=None).count()) == (Outcome.NO_HIT, 0)


def test_nothing_of_a_person_stands_in_the_broker(stand_in, registers, shared):
    define(COUNTED, cache_seconds=60)
    stand_in.tell(
        register="test_count", records=[{"key": {"id_number": ID}, "values": {"count": 3, "city": "示例城"}}]
    )
    assert outcomes("test_count") == ["hit"]
    found = [(key, shared.get(key)) for key in shared.scan_iter("register:*answer*")]
    assert len(found) == 1
    for text in found[0]:
        for secret in (ID, "示例城", "city", json.dumps("示例城")[1:-1]):
            assert secret not in text
    assert 0 < shared.ttl(found[0][0]) <= 60
    shared.set(found[0][0], envelope.seal('{"outcome": "no_hit"}', aad="elsewhere"))
    assert outcomes("test_count") == ["hit"]
    assert RegisterCall.objects.exclude(answer_of=None).count() == 0


def test_one_budget_for_all_registers_of_a_decision(stand_in, registers, settings):
    settings.REGISTER_BUDGET_MS = 300
    define(timeout_ms=5000)
    stand_in.tell(register="test_alive", fault="silence")
    started = time.monotonic()
    late, well = asking.ask_many([question(), question("test_count")])
    assert 0.25 < time.monotonic() - started < 0.55
    assert (late.outcome, late.error, late.told) == (
        Outcome.FAILED,
        calling.OVER_BUDGET,
        "等了太久，没有等到回答",
    )
    assert well.outcome == Outcome.NO_HIT


def test_the_budget_holds_for_more_questions_than_threads(stand_in, registers, settings):
    settings.REGISTER_BUDGET_MS = 300
    stand_in.tell(register="test_alive", fault="silence")
    started = time.monotonic()
    answers = asking.ask_many([question(name) for name in ["test_alive", "test_count"] * 50])
    assert time.monotonic() - started < 0.8
    assert {one.outcome for one in answers[::2]} == {Outcome.FAILED}
    assert {one.outcome for one in answers[1::2]} == {Outcome.NO_HIT}
    never = RegisterCall.objects.filter(register__name="test_alive", attempts=0)
    assert never.count() == 50 - calling.THREADS


def test_pauses_between_tries_grow_and_stay_within_the_time(raw_server, registers):
    define(attempts=5, backoff_ms=40, timeout_ms=2000)
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    times: list[float] = []

    def handler(accepted) -> None:
        times.append(time.monotonic())
        accepted.sendall(busy)

    raw_server(*[handler] * 5)
    (answer,) = asking.ask_many([question()])
    assert (answer.outcome, answer.error) == (Outcome.FAILED, "返回 503")
    assert RegisterCall.objects.get().attempts == 5
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    for at, pause in enumerate(pauses):
        assert 0.5 * 0.04 * 2**at <= pause < 1.5 * 0.04 * 2**at + 0.1


def test_no_statement_for_registers_already_known(stand_in, registers, django_assert_num_queries):
    outcomes("test_alive", "test_count")
    with django_assert_num_queries(4):  # BEGIN, calls, COMMIT, results
        outcomes("test_alive", "test_count")
    define(breaker_failures=1)
    stand_in.tell(register="test_alive", fault="error")
    outcomes("test_alive")
    with django_assert_num_queries(3):  # nothing was sent, so there is nothing to write back
        assert outcomes("test_alive") == ["unsent"]


def test_no_transaction_is_open_while_registers_are_asked(stand_in, registers):
    outcomes("test_alive")
    assert not database.in_atomic_block
