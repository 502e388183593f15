"""Rows many tests begin with: loaded once by the product's verbs, set aside in a schema, copied back when asked for.

A test that does not ask finds the database empty. What is put back is what was loaded, number for number, and numbers
given later go on behind it: one number always means one row, as the caches of running processes expect.

Copying a shelf and holding its rows against their foreign keys costs more than many a test. So what one test asked for
stays out for the next that asks for the same: in a transaction around both, of which each undoes its own part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS

from tests import emptying

# The fixture by which a test asks for a shelf → the shelf.
ASKED_BY = {"stocked": "catalogue", "catalogue": "sources", "district": "public_district"}
_statements: dict[str, str] = {}


@dataclass(frozen=True)
class _Out:
    """The shelf that stands in the database, and the transaction it stands in."""

    name: str
    around: transaction.Atomic

    @property
    def sound(self) -> bool:
        """Return whether the transaction is still as it was begun: a test may have lost or broken its connection."""
        line = connection.connection
        if line is None or line.closed or connection.closed_in_transaction or connection.needs_rollback:
            return False
        held = connection.atomic_blocks == [self.around]
        return held and line.info.transaction_status == TRANSACTION_STATUS_INTRANS


_out: _Out | None = None


def lay_out(name: str | None) -> None:
    """Have this shelf stand in the database and no other, before a test begins; one not loaded yet is left to it."""
    global _out  # noqa: PLW0603 -- as a connection is one a process
    if _out is not None and _out.name == name and _out.sound:
        return
    clear()
    if name in _statements:
        around = transaction.atomic()
        around._from_testcase = True  # type: ignore[attr-defined]
        around.__enter__()
        _out = _Out(name, around)
        try:
            _copy(name)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        except Exception:
            clear()
            raise


def clear() -> None:
    """Take away what stands. Between tests alone: within one, its own transaction stands on the shelf."""
    global _out
    if _out is None:
        return
    around, _out = _out.around, None
    if not connection.atomic_blocks:
        return  # a test connected anew, so nothing stands
    assert connection.atomic_blocks == [around], "a test is still going on"
    transaction.set_rollback(True)
    around.__exit__(None, None, None)


def shelve(name: str, load: Callable[[], object]) -> None:
    """Load into the empty database, set every row aside under this name, and empty the database again.

    Once in a session, from a fixture of the session: it commits, so no test's transaction may be open.
    """
    clear()
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
    """Have what was set aside in the database, inside the test's transaction if it has one."""
    if _out is None or _out.name != name:
        _copy(name)


def _copy(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_statements[name])


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is done meanwhile. Verbs that must not stand in another's transaction take it for none, as Django's
    own test cases have it."""
    clear()
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
