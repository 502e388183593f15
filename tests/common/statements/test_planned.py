"""A planned statement is prepared once a connection, answers as it would unprepared, and outlives every mishap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import (
    DataError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.test.utils import CaptureQueriesContext

from common.statements import planned
from common.statements.planned import MOST, Planned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_prepared(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this connection prepared for others is neither counted nor met; names go on, so that none is used twice."""
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepared", {})
    monkeypatch.setattr(planned, "ROOM", connection.connection.names + planned.ROOM)


@pytest.fixture
def names(db: None) -> str:
    """A table of a test's own, gone with its transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE names (id uuid PRIMARY KEY, name varchar(10)) ON COMMIT DROP")
    return "names"


def asked(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cursor.fetchall() if cursor.description else []


def prepared(statement: str) -> list[tuple[str, int]]:
    """Name, and how often it was executed."""
    name = connection.connection.prepared.get(statement)
    sql = "SELECT name, generic_plans + custom_plans FROM pg_prepared_statements WHERE name = %s"
    return asked(sql, name)


def test_it_is_prepared_once_and_then_executed(names: str) -> None:
    find = Planned(
        "SELECT name FROM names WHERE id = ANY(%s) AND name LIKE 'a%%' AND name NOT LIKE '%%s' AND name <> %s"
    )
    one, other = uuid4(), uuid4()
    asked("INSERT INTO names VALUES (%s, 'ab'), (%s, 'b%%')", one, other)
    for _ in range(8):  # with the values' own plan, then with one for all values
        assert asked(find, [one, other], "x") == [("ab",)]
    assert asked(find, [other], "x") == []
    ((_, times),) = prepared(find.statement)
    assert times == 9


def test_everything_above_the_driver_sees_the_statement(names: str) -> None:
    seen: list[str] = []

    def note(execute: Any, sql: str, *told: Any) -> Any:
        seen.append(sql)
        return execute(sql, *told)

    find = Planned("SELECT name FROM names WHERE name = %s")
    with connection.execute_wrapper(note), CaptureQueriesContext(connection) as captured:
        asked(find, "赵")
        asked("SELECT 1")
    assert seen == ["SELECT name FROM names WHERE name = %s", "SELECT 1"]
    assert [one["sql"] for one in captured] == ["SELECT name FROM names WHERE name = '赵'", "SELECT 1"]


def test_what_is_sent_ahead_is_sent_each_time(names: str) -> None:
    put = Planned("INSERT INTO names VALUES (%s, %s)", before="SET LOCAL synchronous_commit = off;")
    for _ in range(2):
        with transaction.atomic():
            asked("SET LOCAL synchronous_commit = on")
            asked(put, uuid4(), "x")
            assert asked("SHOW synchronous_commit") == [("off",)]


def test_a_first_use_that_fails_leaves_it_usable(names: str) -> None:
    put, same = Planned("INSERT INTO names VALUES (%s, %s)"), UUID(int=1)
    asked("INSERT INTO names VALUES (%s, 'x')", same)
    for _ in range(2):
        with pytest.raises(IntegrityError, match="names_pkey"), transaction.atomic():
            asked(put, same, "y")
    asked(put, uuid4(), "z")
    with pytest.raises(IntegrityError), transaction.atomic():
        asked(put, same, "y")
    assert asked("SELECT name FROM names ORDER BY name") == [("x",), ("z",)]


def test_a_rollback_does_not_take_it_away() -> None:
    find = Planned("SELECT %s::integer + 40")
    with transaction.atomic():
        assert asked(find, 2) == [(42,)]
        transaction.set_rollback(True)
    assert asked(find, 1) == [(41,)]
    assert len(prepared(find.statement)) == 1


def test_a_column_that_changes_costs_one_error(names: str) -> None:
    find = Planned("SELECT name FROM names WHERE name = %s")
    asked(find, "x")
    asked("ALTER TABLE names ALTER name TYPE varchar(20)")
    with pytest.raises(NotSupportedError), transaction.atomic():
        asked(find, "x")
    assert asked(find, "x") == []


def test_so_does_a_value_that_needs_more_room_than_it_did(names: str) -> None:
    asked("ALTER TABLE names ADD number integer")
    put = Planned("INSERT INTO names VALUES (%s, 'x', %s)")
    asked(put, uuid4(), 1)
    asked("ALTER TABLE names ALTER number TYPE bigint")
    with pytest.raises(DataError), transaction.atomic():
        asked(put, uuid4(), 2**40)
    asked(put, uuid4(), 2**40)


def test_a_connection_that_broke_says_so_and_nothing_else(names: str) -> None:
    line = connection.copy()
    try:
        with line.cursor() as cursor, pytest.raises(OperationalError, match="terminat"):
            cursor.execute(Planned("SELECT pg_terminate_backend(pg_backend_pid()), %s::integer"), [1])
        assert line.connection.closed
        assert b"EXECUTE" in (cursor.cursor.query or b"")
    finally:
        line.close()


def test_so_does_a_connection_that_forgot(names: str) -> None:
    find = Planned("SELECT id FROM names WHERE name = %s")
    asked(find, "x")
    ((name, _),) = prepared(find.statement)
    asked(f"DEALLOCATE {name}")
    with pytest.raises(OperationalError), transaction.atomic():
        asked(find, "x")
    assert asked(find, "x") == []


def test_very_many_values_are_sent_as_they_are(names: str) -> None:
    rows = MOST // 2 + 1
    put = Planned(f"INSERT INTO names VALUES {', '.join(['(%s, %s)'] * rows)}")
    asked(put, *[value for number in range(rows) for value in (UUID(int=number), "x")])
    assert asked("SELECT count(*) FROM names") == [(rows,)]
    assert put.statement not in connection.connection.prepared


def test_a_connection_keeps_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, late = Planned("SELECT %s::integer + 100"), Planned("SELECT %s::integer + 200")
    asked(kept, 1)
    monkeypatch.setattr(planned, "ROOM", connection.connection.names)
    assert asked(late, 1) == [(201,)]
    assert late.statement not in connection.connection.prepared
    assert asked(kept, 2) == [(102,)]
    ((_, times),) = prepared(kept.statement)
    assert times == 2


def test_no_values_need_no_brackets() -> None:
    assert asked(Planned("SELECT 7")) == [(7,)]
    with connection.cursor() as cursor:
        cursor.execute(Planned("SELECT 8"))
        assert cursor.fetchall() == [(8,)]


@pytest.mark.django_db(transaction=True)
def test_each_connection_prepares_for_itself() -> None:
    add = Planned("SELECT %s::integer + 1")

    def three(number: int) -> list[tuple[Any, ...]]:
        try:
            return [row for _ in range(3) for row in asked(add, number)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(three, range(12))) == [[(number + 1,)] * 3 for number in range(12)]
