from __future__ import annotations

import os
import signal
import socket
import time
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from registers import asking, calling, defining
from registers.asking import Question
from registers.models import RegisterCall
from tests.factories import people
from tests.registers.conftest import ALIVE, start

pytestmark = pytest.mark.django_db(transaction=True)
ID = "440507193403159997"
Outcome = RegisterCall.Outcome


def question(name: str = "test_alive", **changes) -> Question:
    given = {
        "key": {"id_number": ID},
        "case_reference": "LH1",
        "matter_code": "M1",
        "purpose": "确认健在",
    } | changes
    return Question(name, **given)


def ask(*names: str):
    return asking.ask_many([question(name) for name in names])


def knows(stand_in, name="test_alive", **values):
    stand_in.tell(register=name, records=[{"key": {"id_number": ID}, "values": values}])


def test_hits_and_no_hits_are_told_apart_and_on_record(stand_in, registers):
    knows(stand_in, dead=False, since=None)
    alive, counted = ask("test_alive", "test_count")
    assert (alive.outcome, alive.values) == (Outcome.HIT, {"dead": False, "since": None, "found": True})
    assert (counted.outcome, counted.values) == (Outcome.NO_HIT, {"count": 0, "found": False})
    calls = RegisterCall.objects.order_by("register__name")
    assert [(call.outcome, call.attempts, call.error) for call in calls] == [
        ("hit", 1, ""),
        ("no_hit", 1, ""),
    ]
    assert {(call.case_reference, call.matter_code, call.purpose) for call in calls} == {
        ("LH1", "M1", "确认健在")
    }
    assert all(call.latency_ms is not None for call in calls)


def test_no_hit_proves_only_what_is_declared(stand_in, registers):
    (answer,) = ask("test_alive")
    assert (answer.outcome, answer.values) == (Outcome.NO_HIT, {"found": False})


@pytest.mark.parametrize(
    ("fault", "error", "attempts"),
    [
        ({"fault": "error"}, "返回 500", 1),
        ({"fault": "garbage"}, "返回内容无法识别", 1),
        ({"fault": "silence"}, "超时", 1),
        ({"fault": "drop"}, "连接中断", 2),
        ({"fault": "delay", "ms": 900}, "超时", 1),
    ],
)
def test_a_register_that_fails_says_nothing_and_never_no_hit(stand_in, registers, fault, error, attempts):
    stand_in.tell(register="test_count", **fault)
    knows(stand_in, dead=True, since="2020-01-01")
    started = time.monotonic()
    failed, well = ask("test_count", "test_alive")
    assert time.monotonic() - started < 0.9
    assert (failed.outcome, failed.answered, failed.values, failed.error) == (
        Outcome.FAILED,
        False,
        {},
        error,
    )
    assert (well.outcome, well.values["dead"]) == (Outcome.HIT, True)
    call = RegisterCall.objects.get(register__name="test_count")
    assert (call.outcome, call.error, call.attempts) == ("failed", error, attempts)


def test_a_delay_within_its_time_is_waited_for(stand_in, registers):
    stand_in.tell(register="test_count", fault="delay", ms=150)
    (answer,) = ask("test_count")
    assert answer.outcome == Outcome.NO_HIT
    assert 150 <= answer.latency_ms < 400


def test_registers_are_asked_side_by_side(stand_in, registers):
    for name in registers:
        stand_in.tell(register=name, fault="delay", ms=250)
    started = time.monotonic()
    answers = ask(*["test_count", "test_alive"] * 8)
    assert time.monotonic() - started < 0.6
    assert {answer.outcome for answer in answers} == {Outcome.NO_HIT}


def test_answers_are_never_given_to_another_question(stand_in, registers):
    keys = [{"id_number": people.id_number()} for _ in range(60)]
    records = [{"key": key, "values": {"count": at, "city": ""}} for at, key in enumerate(keys)]
    stand_in.tell(register="test_count", records=records)
    for _ in range(2):
        answers = asking.ask_many([question("test_count", key=key) for key in keys])
        assert [answer.values["count"] for answer in answers] == list(range(60))


def test_a_late_answer_is_not_taken_for_the_next_question(stand_in, registers):
    knows(stand_in, "test_count", count=7, city="")
    stand_in.tell(
        register="test_count", fault="delay", ms=900
    )  # arrives after the time of the question is up
    assert ask("test_count")[0].outcome == Outcome.FAILED
    stand_in.tell(reset=True)
    other = question("test_count", key={"id_number": people.id_number()})
    time.sleep(0.6)
    assert asking.ask_many([other])[0].outcome == Outcome.NO_HIT


def test_nobody_listening_is_a_failure_after_two_tries(registers, settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.REGISTER_BASE_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
    (answer,) = ask("test_alive")
    assert (answer.outcome, answer.error) == (Outcome.FAILED, "无法连接")
    assert RegisterCall.objects.get().attempts == 2


def test_a_register_that_was_restarted_is_reached_over_a_new_connection(registers, settings, tmp_path):
    first = start(tmp_path / "none.json")
    settings.REGISTER_BASE_URL = first.url
    first.tell(register="test_alive", records=[])
    assert ask("test_alive")[0].answered
    first.process.send_signal(signal.SIGTERM)
    first.process.wait(timeout=5)
    assert ask("test_alive")[0].error in {"无法连接", "连接中断"}
    again = start(tmp_path / "none.json", port=int(first.url.rpartition(":")[2]))
    again.tell(register="test_alive", records=[])
    assert ask("test_alive")[0].answered
    again.process.send_signal(signal.SIGTERM)
    again.process.wait(timeout=5)


def answering(*parts: bytes, pause: float = 0.0):
    def handler(accepted: socket.socket) -> None:
        for part in parts:
            accepted.sendall(part)
            time.sleep(pause)

    return handler


def http(body: bytes, status: str = "200 OK", *more: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *more])
    return head.encode() + b"\r\n\r\n" + body


NO_HIT = b'{"hit": false}'


@pytest.mark.parametrize(
    ("sent", "outcome", "error"),
    [
        (http(NO_HIT), "no_hit", ""),
        (http(NO_HIT, "404 Not Found"), "no_hit", ""),
        (http(b'{"hit": true, "values": {"count": 2, "city": "x", "extra": 1}}'), "hit", ""),
        (http(b"<html>", "404 Not Found"), "failed", "返回内容无法识别"),
        (http(b"{}", "404 Not Found"), "failed", "返回 404"),
        (http(b'{"hit": true, "values": {"count": 2, "city": "x"}}', "404 Not Found"), "failed", "返回 404"),
        (http(NO_HIT, "500 Oops"), "failed", "返回 500"),
        (http(NO_HIT, "403 Forbidden"), "failed", "返回 403"),
        (http(NO_HIT, "204 No Content"), "failed", "返回 204"),
        (http(b"", "302 Found", "Location: http://127.0.0.1:1/"), "failed", "返回 302"),
        (http(b""), "failed", "返回内容无法识别"),
        (http(b"[]"), "failed", "返回内容不是对象"),
        (http(b'{"hit": "false"}'), "failed", "返回内容不是查到或未查到"),
        (http(b'{"hit": 0}'), "failed", "返回内容不是查到或未查到"),
        (http(b'{"hit": false, "error": "timeout"}'), "failed", "返回内容不是查到或未查到"),
        (http(b'{"hit": false, "hit": true}'), "failed", "返回内容无法识别"),
        (http(b'{"hit": true}'), "failed", "返回内容缺少字段"),
        (http(b'{"hit": true, "values": {"count": 2}}'), "failed", "返回内容缺少字段“城市”"),
        (http(b'{"hit": true, "values": {"count": "2", "city": "x"}}'), "failed", "字段“项数”的类型不对"),
        (http(b'{"hit": true, "values": {"count": true, "city": "x"}}'), "failed", "字段“项数”的类型不对"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + NO_HIT,
            "failed",
            "返回内容不完整",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b" " * 1_100_000, "failed", "返回内容过长"),
        (b"SSH-2.0-OpenSSH\r\n", "failed", "返回内容无法识别"),
        (b"\xff" * 70_000, "failed", "返回内容无法识别"),
    ],
)
def test_only_a_clear_answer_is_believed(raw_server, registers, sent, outcome, error):
    defining.save({**ALIVE, "name": "test_count", "path": "/deep/test_count", "attempts": 1, "no_hit": {"count": 0},
                   "fields": registers["test_count"].fields})  # fmt: skip
    raw_server(answering(sent))
    (answer,) = ask("test_count")
    assert (str(answer.outcome), answer.error) == (outcome, error)
    if outcome == "hit":
        assert answer.values == {"count": 2, "city": "x", "found": True}


def test_one_byte_now_and_then_does_not_buy_time(raw_server, registers):
    raw_server(answering(*[bytes([byte]) for byte in http(NO_HIT)], pause=0.1))
    started = time.monotonic()
    (answer,) = ask("test_alive")
    assert time.monotonic() - started < 0.9
    assert (answer.outcome, answer.error) == (Outcome.FAILED, "超时")


def test_a_passing_fault_is_asked_again(raw_server, registers):
    raw_server(answering(http(b"", "503 Busy", "Connection: close")), answering(http(NO_HIT)))
    (answer,) = ask("test_alive")
    assert answer.outcome == Outcome.NO_HIT
    assert RegisterCall.objects.get().attempts == 2


def test_identity_goes_in_the_body_only(raw_server, registers):
    received = raw_server(answering(http(NO_HIT)))
    key = {"id_number": ID, "born": date(1934, 3, 15), "amount": Decimal("1.50")}
    asking.ask_many([question(key=key)])
    head, _, body = received[0].partition(b"\r\n\r\n")
    assert ID.encode() not in head
    assert str(RegisterCall.objects.get().pk).encode() in head
    expected = b'"query": {"id_number": "440507193403159997", "born": "1934-03-15", "amount": "1.50"}'
    assert expected in body
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM registers_registercall c")
        assert ID not in cursor.fetchone()[0]


def test_a_token_is_taken_from_the_environment(raw_server, registers, monkeypatch):
    defining.save({**ALIVE, "secret_name": "TEST_REGISTER_TOKEN"})
    monkeypatch.setenv("TEST_REGISTER_TOKEN", "made-up")
    received = raw_server(answering(http(NO_HIT)))
    ask("test_alive")
    assert b"Authorization: Bearer made-up" in received[0]


def test_the_question_is_committed_before_it_goes_out(raw_server, registers):
    seen: list[object] = []

    def look_from_outside(accepted: socket.socket) -> None:
        seen.extend(RegisterCall.objects.values_list("outcome", "latency_ms"))
        connection.close()
        accepted.sendall(http(NO_HIT))

    raw_server(look_from_outside)
    assert ask("test_alive")[0].answered
    assert seen == [("asked", None)]
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        ask("test_alive")


def test_a_batch_costs_as_many_statements_as_one(stand_in, registers, django_assert_num_queries):
    for names in (["test_alive"], ["test_alive", "test_count"] * 20):
        with django_assert_num_queries(5):  # registers, BEGIN, calls, COMMIT, results
            assert len(ask(*names)) == len(names)


def test_an_unregistered_source_has_failed(stand_in, registers):
    answers = ask("nothing", "test_count")
    assert [answer.outcome for answer in answers] == [Outcome.FAILED, Outcome.NO_HIT]
    assert asking.ask_many([]) == []


def test_a_forked_worker_asks_with_its_own_threads(stand_in, registers):
    assert ask("test_count")[0].answered
    call = calling.Call(f"{stand_in.url}/test_count", b'{"query": {"id_number": "1"}}', 2.0, 1)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if calling.call_all([call])[0].status == 200 else 1
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert ask("test_count")[0].answered
