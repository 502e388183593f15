"""Rows many tests begin with: loaded once by the product's verbs, set aside in a schema, copied back when asked for.

A test that does not ask finds the database empty. What is put back is what was loaded, number for number, and numbers
given later go on behind it: one number always means one row, as the caches of running processes expect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from tests import emptying

_statements: dict[str, str] = {}


def shelve(name: str, load: Callable[[], object]) -> None:
    """Load into the empty database, set every row aside under this name, and empty the database again.

    Once in a session, from a fixture of the session: it commits, so no test's transaction may be open.
    """
    before = _counts()
    load()
    grown = sorted(table for table, count in _counts().items() if count != before[table])
    if mixed := [table for table in grown if before[table]]:
        raise AssertionError(f"Not empty before {name}: {', '.join(mixed)}")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        cursor.execute(f"CREATE SCHEMA {name}")
        for table in grown:
            cursor.execute(f'CREATE TABLE {name}."{table}" AS TABLE "{table}"')
    emptying.empty()
    _statements[name] = ";".join(f'INSERT INTO "{table}" SELECT * FROM {name}."{table}"' for table in grown)


def put_back(name: str) -> None:
    """Copy what was set aside back, inside the test's transaction if it has one."""
    with connection.cursor() as cursor:
        cursor.execute(_statements[name])


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is done meanwhile. Verbs that must not stand in another's transaction take it for none, as Django's
    own test cases have it."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]
    with around:
        yield
        transaction.set_rollback(True)


def holds(cursor: Any, table: str) -> bool:
    """Return whether a table has a row."""
    cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
    return bool(cursor.fetchone() == (True,))


def _counts() -> dict[str, int]:
    counted = {}
    with connection.cursor() as cursor:
        for table in emptying.tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counted[table] = int(cursor.fetchone()[0])
    return counted
