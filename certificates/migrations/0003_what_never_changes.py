"""Held by the database itself: what was issued, consented to and looked at stays; a status only moves forward."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from records.insert_only import InsertOnly

_GUARD = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a row of % is never removed', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    IF to_jsonb(NEW) - '{free}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{free}'::text[] THEN
        RAISE EXCEPTION 'a row of % does not change but for its status', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status <> OLD.status AND NOT OLD.status || '>' || NEW.status = ANY ('{moves}'::text[]) THEN
        RAISE EXCEPTION 'no move from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
"""
_CERTIFICATE_MOVES = (
    "valid>suspended,valid>superseded,valid>annulled,valid>withdrawn,valid>revoked,valid>cancelled,"
    "suspended>valid,suspended>annulled,suspended>withdrawn,suspended>revoked,suspended>cancelled"
)


def _guard(table: str, *, name: str, free: str, moves: str) -> migrations.RunSQL:
    sql = _GUARD.format(table=table, name=name, free=f"{{{free}}}", moves=f"{{{moves}}}")
    return migrations.RunSQL(sql, f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("certificates", "0002_numbers_and_endings"),
        ("records", "0002_insert_only"),
    ]

    operations: ClassVar = [
        InsertOnly("certificates_userecord", "certificates_typeschema"),
        _guard(
            "certificates_certificate",
            name="certificates_guard_certificate",
            free="status,status_changed_at,status_reason,fields",  # fields: sealed anew when keys are rotated
            moves=_CERTIFICATE_MOVES,
        ),
        _guard(
            "certificates_authorisation",
            name="certificates_guard_authorisation",
            free="status,revoked_at,ended_at",
            moves="granted>revoked,granted>ended",
        ),
    ]
