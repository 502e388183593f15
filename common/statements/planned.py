"""Statements that PostgreSQL plans once a connection: what psycopg 3 does by itself, for the driver we have.

Planning a select over four tables takes longer than running it. Whoever words a statement once (`worded`) marks it as
`Planned`, and this connection prepares it at its first use and executes it from then on. Everything above the driver
sees the statement itself: Django's wrappers, captured queries, errors. PostgreSQL plans with the values five times and
then keeps a plan for all values unless that looks dearer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from typing import Any, Self

from psycopg2 import errors, extensions

MOST = 200  # parameters: a statement with more has so many rows to insert that planning it is no matter
ROOM = 200  # statements a connection keeps, each some 50 KB of the server's memory; what comes later is sent as it is
_PLACES = re.compile("%s")


class Planned(str):
    """A statement with a %s for each value, whose types follow from where they stand; `before` is sent ahead of it."""

    __slots__ = ("before", "statement")
    before: str
    statement: str

    def __new__(cls, statement: str, *, before: str = "") -> Self:
        """Return what is to be executed, `before` included."""
        made = super().__new__(cls, before + statement)
        made.before, made.statement = before, statement
        return made


class Connection(extensions.connection):
    """A connection that knows which statements it has prepared: statement → name."""

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self.names = count(1)
        self.prepared: dict[str, str] = {}


class Cursor(extensions.cursor):
    """A cursor that executes what is planned by its name."""

    connection: Connection
    _asked: tuple[str, Sequence[Any]] | None = None

    def execute(self, sql: Any, parameters: Any = None) -> None:
        """Execute a statement; one marked as planned is prepared first. Raises what the statement raises."""
        self._asked = None
        if not isinstance(sql, Planned) or not self._keeps(sql, parameters):
            super().execute(sql, parameters)
            return
        known, first = self.connection.prepared, ""
        name = known.get(sql.statement)
        if name is None:
            name = f"planned_{next(self.connection.names)}"  # never used twice: this one may fail before it stands
            first = f"PREPARE {name} AS {_numbered(sql.statement)};"
        self._asked = sql, parameters
        given = f"({', '.join(['%s'] * len(parameters))})" if parameters else ""
        try:
            super().execute(f"{sql.before}{first}EXECUTE {name}{given}", parameters)
        except (errors.FeatureNotSupported, errors.InvalidSqlStatementName):
            known.pop(sql.statement, None)  # a migration changed what it returns, or a pooler dropped it
            raise
        known[sql.statement] = name

    def _keeps(self, sql: Planned, parameters: Sequence[Any]) -> bool:
        known = self.connection.prepared
        return len(parameters) <= MOST and (sql.statement in known or len(known) < ROOM)

    @property
    def query(self) -> bytes | None:
        """Return what was asked last, as it would read unprepared: what logs and tests are shown."""
        return super().query if self._asked is None else self.mogrify(*self._asked)


def _numbered(statement: str) -> str:
    places = count(1)
    return _PLACES.sub(lambda _: f"${next(places)}", statement)
