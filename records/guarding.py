"""Tables whose rows stay and change only in named columns: a trigger refuses the rest, and moves that lead nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations
from typing_extensions import override

_GUARD = """
CREATE FUNCTION "{table}_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a row of % is never removed', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    IF to_jsonb(NEW) - '{{{free}}}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{{{free}}}'::text[] THEN
        RAISE EXCEPTION 'a row of % does not change there', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    {moves}
    RETURN NEW;
END $$;
CREATE TRIGGER "{table}_guard" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{table}_guard"();
"""
_MOVES = """IF NEW.status <> OLD.status AND NOT OLD.status || '>' || NEW.status = ANY ('{{{moves}}}'::text[]) THEN
        RAISE EXCEPTION 'no move from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;"""
_UNGUARD = 'DROP TRIGGER "{table}_guard" ON "{table}"; DROP FUNCTION "{table}_guard"();'


class GuardRows(migrations.RunSQL):
    """Migration operation: rows of a table are never removed and change only in `free` columns.

    `moves` names the allowed changes of `status` as `from>to`; none: the table has no status.
    """

    def __init__(self, table: str, *, free: Sequence[str], moves: Sequence[str] = ()) -> None:
        self.table, self.free, self.moves = table, free, moves
        told = _MOVES.format(moves=",".join(moves)) if moves else ""
        super().__init__(
            sql=_GUARD.format(table=table, free=",".join(free), moves=told),
            reverse_sql=_UNGUARD.format(table=table),
        )

    @override
    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, Sequence[str]]]:
        return self.__class__.__qualname__, (self.table,), {"free": self.free, "moves": self.moves}

    @override
    def describe(self) -> str:
        return f"Guard the rows of {self.table}"
