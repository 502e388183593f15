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


_RULE = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT records_by_owner(TG_RELID) AND ({refused}) THEN
        RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
    END IF;
    RETURN NEW;
END $$;
CREATE {kind}TRIGGER {name} {event} ON {table} {deferred}FOR EACH ROW{when} EXECUTE FUNCTION {name}();
"""
TELL_THE_OWNER = migrations.RunSQL(
    """
    CREATE FUNCTION records_by_owner(relation oid) RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = relation
    $$;
    """,
    "DROP FUNCTION records_by_owner(oid);",
)


def refuse(
    name: str,
    table: str,
    *,
    event: str,
    words: str,
    when: str = "",
    refused: str = "true",
    late: bool = False,
) -> migrations.RunSQL:
    """Migration operation: refuse, in these words, rows of the application for which both conditions hold.

    `when` is cheap and sees OLD and NEW alone; `refused` may ask other tables; `late` at commit. The owner of the table
    is not held: migrations, a rotation of keys and a restore are theirs.
    """
    sql = _RULE.format(
        name=name,
        table=table,
        refused=refused,
        words=words,
        kind="CONSTRAINT " if late else "",
        event=f"{'AFTER' if late else 'BEFORE'} {event}",
        deferred="DEFERRABLE INITIALLY DEFERRED " if late else "",
        when=f"\n    WHEN ({when})" if when else "",
    )
    return migrations.RunSQL(sql, f"DROP FUNCTION {name}() CASCADE;")


def changed(*columns: str) -> str:
    """Return the condition that one of these columns changes."""
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return f"ROW({new}) IS DISTINCT FROM ROW({old})"


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
