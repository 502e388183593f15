from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from common import clock
from records.journal import Note, PersonalDataInJournal, StreamRaced, events_of, note, note_many
from records.models import Event as EventRow
from records.models import JournalEntry, Pending
from records.proving import chain
from records.proving.chain import Json
from records.proving.verifying import as_entry, verify
from tests.records.threads import in_threads, wait_for_a_lock


def test_a_note_is_two_statements_with_its_event_or_without(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        note(stream="application:1", act="claimed", actor="worker")
    with django_assert_num_queries(2):
        note(stream="application:1", act="granted", actor="worker", event="已办结", event_kind="granted")
    told = EventRow.objects.get()
    assert (told.entry.act, told.stream, told.kind, told.text) == (
        "granted",
        "application:1",
        "granted",
        "已办结",
    )


def test_a_stream_that_begins_is_one_statement_and_one_that_had_begun_is_chained_all_the_same(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        note_many([Note("certificate:1", "issued", "worker", begins=True)])
    note_many([Note("certificate:1", "issued again", "worker", event="又一次", begins=True)])
    assert [one.act for one in JournalEntry.objects.order_by("sequence")] == ["issued", "issued again"]
    assert EventRow.objects.get().entry.sequence == 2
    assert verify() == []


def test_fifty_cases_are_noted_with_two_statements(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    notes = [
        Note(f"application:{case}", act, "worker", event=event)
        for case in range(50)
        for act, event in (("judged", None), ("granted", "已准予"))
    ]
    with django_assert_num_queries(2):
        entries = note_many(notes)
    assert [(entry.stream, entry.act) for entry in entries] == [(item.stream, item.act) for item in notes]
    assert verify() == []


def test_what_is_returned_is_what_is_stored(db: None) -> None:
    details: dict[str, Json] = {"edition": 3, "checks": ["age", None, True], "text": '龙 " \\ \n'}
    made = note(
        stream="s", act="judged", actor="worker", subject="judgement:9", details=details, event="核验通过"
    )
    stored = JournalEntry.objects.get(pk=made.pk)
    assert as_entry(stored) == as_entry(made)
    assert stored.details == details
    assert stored.event.text == "核验通过"
    assert stored.event.at == stored.at


def test_entries_are_chained_within_their_stream(db: None) -> None:
    for turn in range(4):
        note(stream="a", act=f"act {turn}", actor="x")
        note(stream="b", act=f"act {turn}", actor="x")
    for stream in ("a", "b"):
        entries = [
            as_entry(entry) for entry in JournalEntry.objects.filter(stream=stream).order_by("sequence")
        ]
        assert [entry.sequence for entry in entries] == [1, 2, 3, 4]
        assert entries[0].previous == chain.GENESIS
        assert all(after.previous == before.hash for before, after in pairwise(entries))
        assert all(chain.entry_hash(entry) == entry.hash for entry in entries)


def test_the_time_is_the_portals(db: None) -> None:
    moment = datetime(2027, 3, 1, 12, tzinfo=UTC)
    clock.set_source(lambda: moment)
    assert note(stream="a", act="x", actor="x").at == moment


def test_outside_a_transaction_nothing_is_noted(transactional_db: None) -> None:
    with pytest.raises(TransactionManagementError):
        note(stream="a", act="x", actor="x")
    assert not JournalEntry.objects.exists()


def test_a_note_goes_with_its_act(transactional_db: None) -> None:
    with transaction.atomic():
        note(stream="a", act="x", actor="x", event="提交")
        transaction.set_rollback(True)
    assert (JournalEntry.objects.count(), EventRow.objects.count(), Pending.objects.count()) == (0, 0, 0)


def test_nothing_to_note_is_nothing(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert note_many([]) == []


@pytest.mark.parametrize(
    "words",
    [
        {"details": {"who": {"number": "440507194608209980"}}},
        {"details": {"phones": ["13800138000"]}},
        {"details": {"13800138000": 1}},
        {"subject": "person 11010519491231002x"},
        {"actor": "440507194608209980"},
        {"stream": "person:440507194608209980"},
        {"event": "已通知 13800138000"},
    ],
    ids=str,
)
def test_what_identifies_a_person_is_refused(db: None, words: dict[str, Any]) -> None:
    with pytest.raises(PersonalDataInJournal) as caught:
        note(**({"stream": "a", "act": "x", "actor": "x"} | words))
    assert "440507194608209980" not in str(caught.value)
    assert "13800138000" not in str(caught.value)
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    "harmless",
    [
        "12441500196720244T3442199806003202206230068",
        "91440507MA5X000148",
        "121200004013590816",
        "1.2.156.3005.2.11440507MB2X00012R001.11440507MB2X00012R.LH202600000001.001.O",
        "0754-88888888",
        "3f2b1c4d-1111-4222-8333-139001390001",
    ],
)
def test_codes_are_not_taken_for_people(db: None, harmless: str) -> None:
    assert note(stream="a", act="x", actor="x", subject=harmless, details={"code": harmless}).pk


@pytest.mark.parametrize("value", [1.5, {1, 2}, b"x", datetime(2026, 1, 1, tzinfo=UTC)])
def test_details_have_one_spelling_only(db: None, value: Any) -> None:
    with pytest.raises(TypeError):
        note(stream="a", act="x", actor="x", details={"value": value})


def test_the_applicant_reads_events_in_order(db: None) -> None:
    note(stream="a", act="submitted", actor="x", event="已提交", event_kind="submitted")
    note(stream="a", act="looked", actor="x")
    note(stream="b", act="submitted", actor="x", event="别人的")
    note(stream="a", act="granted", actor="x", event="已准予", event_kind="granted")
    assert [(event.kind, event.text) for event in events_of("a")] == [
        ("submitted", "已提交"),
        ("granted", "已准予"),
    ]


def test_two_writers_of_one_stream_leave_one_chain(transactional_db: None) -> None:
    def write(number: int) -> None:
        for turn in range(10):
            with transaction.atomic():
                note(stream="a", act="x", actor=f"thread {number}", details={"turn": turn}, event="办理中")

    in_threads(write, threads=3)
    sequences = list(JournalEntry.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, 31))
    assert EventRow.objects.count() == Pending.objects.count() == 30
    assert verify() == []


def test_batches_over_the_same_streams_do_not_lock_each_other(transactional_db: None) -> None:
    def write(number: int) -> None:
        streams = [f"s{i}" for i in range(20)]
        for _ in range(5):
            with transaction.atomic():
                note_many(
                    [
                        Note(stream, "x", f"thread {number}")
                        for stream in (streams if number else streams[::-1])
                    ]
                )

    in_threads(write, threads=2)
    assert JournalEntry.objects.count() == 200
    assert verify() == []


def overtaken(late: Callable[[], None]) -> None:
    """Do what comes late on stream a while another's first note on it is not committed yet."""
    first_stands = Event()

    def work(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                note(stream="a", act="first", actor="x")
                first_stands.set()
                wait_for_a_lock_elsewhere()
            return
        first_stands.wait(timeout=30)
        late()

    in_threads(work, threads=2)


def test_several_notes_on_a_raced_stream_fail_whole(transactional_db: None) -> None:
    def late() -> None:
        with pytest.raises(StreamRaced, match="lock the row"), transaction.atomic():
            note_many([Note("a", "second", "y"), Note("b", "other", "y"), Note("a", "third", "y")])

    overtaken(late)
    assert list(JournalEntry.objects.values_list("act", flat=True)) == ["first"]


def test_an_overtaken_note_is_chained_behind(transactional_db: None) -> None:
    def late() -> None:
        with transaction.atomic():
            note(stream="a", act="second", actor="y")

    overtaken(late)
    assert list(JournalEntry.objects.order_by("sequence").values_list("act", flat=True)) == [
        "first",
        "second",
    ]
    assert verify() == []


def wait_for_a_lock_elsewhere() -> None:
    """Look from another connection than the one whose transaction is open."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(wait_for_a_lock).result()
