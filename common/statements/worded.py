"""Selects and inserts worded once a process and planned once a connection, for what runs with every case.

Django takes 1 to 1.5 ms of CPU time to word a select over four tables, and words the same one anew each time, and
PostgreSQL plans it anew; to run it takes a third of that. Here Django still says which columns, which joins and how a
row becomes objects, and how an object becomes a row; the condition is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, transaction
from django.db.models import AutoField, Field, Model, QuerySet
from django.db.models.query import get_related_populators

from common.statements.planned import Planned

M = TypeVar("M", bound=Model)
# For a commit of which nothing leaves the process before a later one that waits for the disk: that takes this along.
NO_WAIT = "SET LOCAL synchronous_commit = off;"


@dataclass(frozen=True, slots=True)
class _Worded:
    """One select without its condition: what to send, and how a row becomes an object with what was joined to it."""

    sql: str
    model: type[Model]
    names: Sequence[str]
    places: slice
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    populators: Sequence[Any]


class Select(Generic[M]):
    """A queryset without condition (`select_related` at most), run with conditions written as SQL.

    Takes a callable, because models are not all known while modules are being loaded.
    """

    def __init__(self, queryset: Callable[[], QuerySet[M]]) -> None:
        self._queryset = queryset

    def rows(self, condition: str, parameters: Sequence[Any], *, cte: str = "") -> list[M]:
        """Return the objects of `{cte} SELECT … {condition}`; tables go by their own names, values by %s alone.

        `cte` is a common table expression (`WITH …`) that the condition names; its values come first.
        """
        worded = self._worded
        with connection.cursor() as cursor:
            cursor.execute(Planned(f"{cte}{worded.sql} {condition}"), parameters)
            return [_made(worded, list(row)) for row in cursor.fetchall()]

    def first(self, condition: str, parameters: Sequence[Any]) -> M | None:
        """Return the first object, or None."""
        return next(iter(self.rows(condition, parameters)), None)

    @cached_property
    def _worded(self) -> _Worded:
        compiler = self._queryset().order_by().query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        assert not parameters, "conditions are not part of the queryset"
        info, columns = compiler.klass_info, [column for column, _, _ in compiler.select]
        places = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        return _Worded(
            sql=sql,
            model=info["model"],
            names=[column.target.attname for column in columns[places]],
            places=places,
            converters=[(at, *found) for at, found in compiler.get_converters(columns).items()],
            populators=get_related_populators(info, compiler.select, connection.alias),  # type: ignore[call-arg] # stubs of 6.1
        )


class Insert(Generic[M]):
    """Inserts objects as `bulk_create` does, without `save()`; a number the database gives them is not read back."""

    def __init__(self, model: type[M], *, conflicts: str = "") -> None:
        """`conflicts` is what follows the rows: `ON CONFLICT DO NOTHING`."""
        self._model, self._conflicts = model, conflicts

    def rows(self, objects: Sequence[M], *, before: str = "") -> Sequence[M]:
        """Insert in one statement and return the objects; `before` is sent ahead of it."""
        if not objects:
            return objects
        head, row, fields = self._worded
        values = [
            field.get_db_prep_save(field.pre_save(one, add=True), connection)
            for one in objects
            for field in fields
        ]
        with transaction.mark_for_rollback_on_error(connection.alias), connection.cursor() as cursor:
            statement = f"{head} {', '.join([row] * len(objects))} {self._conflicts}"
            cursor.execute(Planned(statement, before=before), values)
        for one in objects:
            one._state.adding, one._state.db = False, connection.alias
        return objects

    @cached_property
    def _worded(self) -> tuple[str, str, Sequence[Field[Any, Any]]]:
        meta = self._model._meta
        fields = [one for one in meta.concrete_fields if not (one.generated or isinstance(one, AutoField))]
        assert not any(hasattr(one, "get_placeholder") for one in fields), "each value is a %s"
        columns = ", ".join(f'"{field.column}"' for field in fields)
        head = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES'
        return head, f"({', '.join(['%s'] * len(fields))})", fields


def _made(worded: _Worded, row: list[Any]) -> Any:
    for at, converters, column in worded.converters:
        for convert in converters:
            row[at] = convert(row[at], column, connection)
    made = worded.model.from_db(connection.alias, worded.names, row[worded.places])
    for populator in worded.populators:
        populator.populate(row, made)
    return made
