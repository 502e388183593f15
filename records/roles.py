"""What the application's database role may do: rows everywhere, tables nowhere, no change where rows only grow."""

from __future__ import annotations

from django.db import connection, transaction

from records.insert_only import insert_only_tables

APP_ROLE = "portal_app"


class RoleMissing(Exception):
    """The application's role does not exist; only a superuser can make it."""


@transaction.atomic
def grant_application_role(role: str = APP_ROLE) -> list[str]:
    """Grant and revoke, again and again with the same end; return the insert-only tables. Runs as the owner."""
    closed = insert_only_tables()
    quote = connection.ops.quote_name
    name = quote(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            raise RoleMissing(
                f"database role {role} does not exist: CREATE ROLE {name} LOGIN, as a superuser"
            )
        for statement in _statements(name, ", ".join(quote(table) for table in closed)):
            cursor.execute(statement)
    return closed


def _statements(role: str, closed: str) -> list[str]:
    rows = "SELECT, INSERT, UPDATE, DELETE"
    return [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT {rows} ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rows} ON TABLES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM {role}",
        *([f"REVOKE UPDATE, DELETE, TRUNCATE ON {closed} FROM {role}"] if closed else []),
    ]
