"""Tables that only grow: a trigger refuses every change, and the application's role is not granted one."""

from __future__ import annotations

from django.apps import apps
from django.db import migrations
from typing_extensions import override

GUARD = """
CREATE OR REPLACE FUNCTION records_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is insert-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$
"""
_GUARD_CHANGE = (
    'CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON "{table}" '
    "FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change()"
)
_GUARD_TRUNCATE = (
    'CREATE TRIGGER insert_only_truncate BEFORE TRUNCATE ON "{table}" '
    "FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change()"
)
_UNGUARD = 'DROP TRIGGER insert_only ON "{table}"; DROP TRIGGER insert_only_truncate ON "{table}"'


class InsertOnly(migrations.RunSQL):
    """Migration operation: from here on, rows of these tables can be added, never changed or removed."""

    def __init__(self, *tables: str) -> None:
        self.tables = tables
        guards = (_GUARD_CHANGE, _GUARD_TRUNCATE)
        self.statements = [guard.format(table=table) for table in tables for guard in guards]
        self.reverse_statements = [_UNGUARD.format(table=table) for table in tables]
        super().__init__(sql=tuple(self.statements), reverse_sql=tuple(self.reverse_statements))

    @override
    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, str]]:
        return self.__class__.__qualname__, self.tables, {}

    @override
    def describe(self) -> str:
        return f"Make {', '.join(self.tables)} insert-only"


def insert_only_tables() -> list[str]:
    """Return the tables of models that declare `insert_only = True`: what the application's role may only add to."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "insert_only", False))
