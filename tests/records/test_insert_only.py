from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from records.insert_only import InsertOnly, insert_only_tables
from records.journal import note
from records.models import Block, BlockEntry, Event, JournalEntry
from records.proving.sealing import seal_pending

TABLES = ["records_block", "records_blockentry", "records_event", "records_journalentry"]
CHANGES = [
    "UPDATE {0} SET {1} = {1}",
    "UPDATE {0} SET {1} = {1} WHERE false",
    "DELETE FROM {0}",
    "TRUNCATE {0} CASCADE",
]


def a_column(table: str) -> str:
    return {"records_block": "size", "records_blockentry": "position"}.get(table, "stream")


def test_the_journals_tables_are_among_them() -> None:
    assert set(TABLES) <= set(insert_only_tables())


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
def test_even_the_owner_changes_nothing(db: None, table: str, change: str) -> None:
    note(stream="a", act="x", actor="y", event="办理中")
    seal_pending()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # else TRUNCATE stumbles over the fresh rows, not the guard
        with pytest.raises(ProgrammingError, match="insert-only"), transaction.atomic():
            cursor.execute(change.format(table, a_column(table)))
    assert [model.objects.count() for model in (JournalEntry, Event, Block, BlockEntry)] == [1, 1, 1, 1]


def test_the_orm_changes_nothing_either(db: None) -> None:
    made = note(stream="a", act="x", actor="y")
    made.act = "z"
    for change in (made.save, JournalEntry.objects.filter(pk=made.pk).delete):
        with pytest.raises(ProgrammingError, match="insert-only"), transaction.atomic():
            change()
    assert JournalEntry.objects.get().act == "x"


def test_every_declared_table_has_its_triggers(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE tgname IN ('insert_only', 'insert_only_truncate') AND tgenabled = 'O'"
        )
        found = set(cursor.fetchall())
    assert found == {
        (table, name) for table in insert_only_tables() for name in ("insert_only", "insert_only_truncate")
    }


def test_the_operation_can_be_undone_and_written_down(db: None) -> None:
    operation = InsertOnly("things")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE things (name text)")
        cursor.execute("INSERT INTO things VALUES ('one')")
        for statement in operation.statements:
            cursor.execute(statement)
        with pytest.raises(ProgrammingError, match="things is insert-only"), transaction.atomic():
            cursor.execute("DELETE FROM things")
        for statement in operation.reverse_statements:
            cursor.execute(statement)
        cursor.execute("DELETE FROM things")
        assert cursor.rowcount == 1
    assert operation.describe() == "Make things insert-only"
