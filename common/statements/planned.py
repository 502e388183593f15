"""Statements that PostgreSQL plans once a connection: what psycopg 3 does by itself, for the driver we have.

Planning a select over four tables takes longer than running it. Whoever words a statement once (`worded`) marks it as
`Planned`, and this connection prepares it at its first use and executes it from then on. Django's wrappers and captured
queries see the statement itself; the text of an error, and PostgreSQL's log, name the one that was prepared. PostgreSQL
plans with the values five times and then keeps a plan for all values unless that looks dearer: a condition that an
index is partial by stands in the statement and is no value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from typing import Any, Self

from psycopg2 import DataError, NotSupportedError, ProgrammingError, errors, extensions

MOST = 100  # parameters: a statement with more has so many rows to insert that planning it is no matter
ROOM = 200  # statements a connection prepares, some 90 KB of the server's memory each; later ones are sent as they are
# What a migration does to a statement that stood, and a pooler that drops them all: it is prepared anew the next time.
STALE = (NotSupportedError, ProgrammingError, DataError, errors.InvalidSqlStatementName)
_PLACES = re.compile("%%|%s")


class Planned(str):
    """A statement with a %s for each value; `before` is sent ahead of it each time.

    The type of a value is that of the place where it stands, not its own: where the two might differ, it says which
    (`%s::timestamptz`).
    """

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
        self.names = 0  # that were given; one whose first use failed stays on the server, too
        self.prepared: dict[str, str] = {}

    def new_name(self) -> str:
        """Return a name that was never used: what it stands for may fail before it is prepared."""
        self.names += 1
        return f"planned_{self.names}"


class Cursor(extensions.cursor):
    """A cursor that executes what is planned by its name."""

    connection: Connection
    _asked: tuple[str, Sequence[Any]] | None = None

    def execute(self, sql: Any, parameters: Any = None) -> None:
        """Execute a statement; one marked as planned is prepared first. Raises what the statement raises."""
        self._asked = None
        if not isinstance(sql, Planned) or not self._keeps(sql, parameters or ()):
            super().execute(sql, parameters)
            return
        known, first = self.connection.prepared, ""
        name = known.get(sql.statement)
        if name is None:
            name = self.connection.new_name()
            first = f"PREPARE {name} AS {_numbered(sql.statement)};"
        self._asked = sql, parameters
        given = f"({', '.join(['%s'] * len(parameters))})" if parameters else ""
        try:
            super().execute(f"{sql.before}{first}EXECUTE {name}{given}", parameters)
        except STALE:
            known.pop(sql.statement, None)
            raise
        known[sql.statement] = name

    def _keeps(self, sql: Planned, parameters: Sequence[Any]) -> bool:
        line = self.connection
        return len(parameters) <= MOST and (sql.statement in line.prepared or line.names < ROOM)

    @property
    def query(self) -> bytes | None:
        """Return what was asked last, as it would read unprepared: what logs and tests are shown."""
        if self._asked is None or self.connection.closed:
            return super().query
        return self.mogrify(*self._asked)


def _numbered(statement: str) -> str:
    places = count(1)
    return _PLACES.sub(lambda found: f"${next(places)}" if found[0] == "%s" else found[0], statement)
