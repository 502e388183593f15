"""Empties the database after tests that commit: quicker than Django's flush, and past the insert-only triggers."""

from __future__ import annotations

from django.db import OperationalError, connection
from django.test import TransactionTestCase

from records.insert_only import insert_only_tables

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
    emptied, guarded = tables(), insert_only_tables()
    if connection.in_atomic_block:
        raise AssertionError("A test that commits was left inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            for table in guarded:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in emptied))
            for table in guarded:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
            for table in _saved():
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM {SAVED}."{table}"')
            cursor.execute("COMMIT")
        except Exception:
            cursor.execute("ROLLBACK")
            raise


def tables() -> list[str]:
    return sorted(set(connection.introspection.table_names()) - CONSTANT)


def _saved() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [SAVED])
        return [name for (name,) in cursor.fetchall()]
