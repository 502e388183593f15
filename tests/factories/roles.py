"""The database takes the owner of its tables, as whom tests run, for the application's role."""

from __future__ import annotations

from django.db import connection

_NOBODY = """
CREATE OR REPLACE FUNCTION records_by_owner(relation oid) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT false $$
"""


def as_application() -> None:
    """Be held by every trigger, to the end of the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_NOBODY)


def commits() -> None:
    """Check what is checked at the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
