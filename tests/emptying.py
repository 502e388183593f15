"""Empties the database after tests that commit: quicker than Django's flush, and past the guards of rows."""

from __future__ import annotations

from typing import Any

from django.db import OperationalError, connection
from django.test import TransactionTestCase

CONSTANT = {"django_migrations", "django_content_type", "auth_permission"}
SAVED = "rows_of_migrations"
TRIES = 5


def save_rows_of_migrations() -> None:
    """Keep a copy of what data migrations put into tables, to put it back each time."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SAVED}")
        for table in tables():
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
            if cursor.fetchone() == (True,):
                cursor.execute(f'CREATE TABLE IF NOT EXISTS {SAVED}."{table}" AS TABLE "{table}"')


def empty(_test: TransactionTestCase | None = None) -> None:
    """Remove every row but those of migrations. Numbers go on, so that no cache of a running process is fooled."""
    for attempt in range(TRIES):
        try:
            _empty()
        except OperationalError:  # a deadlock with a worker that was just busy
            if attempt == TRIES - 1:
                raise
        else:
            return


def _empty() -> None:
    everything = tables()
    if connection.in_atomic_block:
        raise AssertionError("A test that commits was left inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute("LOCK TABLE " + ", ".join(f'"{table}"' for table in everything))
            filled = _filled(cursor, everything)
            for table in filled:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            cursor.execute(";".join(f'DELETE FROM "{table}"' for table in filled) or "SELECT")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing refers to what is gone
            for table in filled:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
            for table in _saved():
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM {SAVED}."{table}"')
            cursor.execute("COMMIT")
        except Exception:
            cursor.execute("ROLLBACK")
            raise


def _filled(cursor: Any, among: list[str]) -> list[str]:
    """Return the tables with rows. Deleting the few rows of a few takes a fraction of truncating them all."""
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in among)
    cursor.execute(" UNION ALL ".join(asked))
    return [name for (name,) in cursor.fetchall()]


def tables() -> list[str]:
    return sorted(set(connection.introspection.table_names()) - CONSTANT)


def _saved() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [SAVED])
        return [name for (name,) in cursor.fetchall()]
