from __future__ import annotations

from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from records.insert_only import insert_only_tables
from records.journal import note
from records.models import JournalEntry, Pending
from records.proving.sealing import seal_pending
from records.roles import RoleMissing, grant_application_role
from tests.records.conftest import open_as_application

REFUSED = psycopg2.errors.InsufficientPrivilege


def refused(application: Any, sql: str) -> str:
    with pytest.raises(REFUSED) as caught, application.cursor() as cursor:
        cursor.execute(sql)
    application.rollback()
    return str(caught.value)


def written() -> None:
    with transaction.atomic():
        note(stream="a", act="x", actor="y", event="办理中")
    seal_pending()


@pytest.mark.parametrize(
    "sql",
    [
        'UPDATE {0} SET "{1}" = "{1}"',
        "DELETE FROM {0}",
        "TRUNCATE {0} CASCADE",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
        "ALTER TABLE {0} DISABLE TRIGGER USER",
        "DROP TABLE {0}",
        "DROP TRIGGER insert_only ON {0}",
    ],
)
def test_the_application_cannot_change_what_only_grows(application: Any, sql: str) -> None:
    written()
    for table in insert_only_tables():
        with connection.cursor() as cursor:
            column = connection.introspection.get_table_description(cursor, table)[-1].name
        message = refused(application, sql.format(table, column))
        assert "permission denied" in message or "must be owner" in message
    assert JournalEntry.objects.count() == 1


def test_the_grant_alone_refuses_an_update(application: Any) -> None:
    written()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE records_journalentry DISABLE TRIGGER USER")
    try:
        for sql in ("UPDATE records_journalentry SET act = 'z'", "DELETE FROM records_journalentry"):
            assert "permission denied for table records_journalentry" in refused(application, sql)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE records_journalentry ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE mine (x int)",
        "ALTER TABLE records_journalpending ADD COLUMN x int",
        "DROP FUNCTION records_refuse_change()",
        "CREATE OR REPLACE FUNCTION records_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "SET session_replication_role = replica",
        "DELETE FROM django_migrations",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('records', 'x', now())",
    ],
)
def test_the_application_changes_no_structure(application: Any, sql: str) -> None:
    assert refused(application, sql)


def test_the_application_can_do_its_work(application: Any) -> None:
    with application.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_journalentry (stream, sequence, act, actor, subject, details, at, salt, digest,"
            " previous, hash) VALUES ('a', 1, 'x', 'y', '', '{}', now(), '', '', '', '') RETURNING id"
        )
        cursor.execute("INSERT INTO records_journalpending SELECT id FROM records_journalentry")
        cursor.execute("DELETE FROM records_journalpending")
        assert cursor.rowcount == 1
        cursor.execute("SELECT count(*) FROM django_migrations")
    application.commit()
    assert JournalEntry.objects.count() == 1


def test_tables_made_later_are_open_to_the_application(application: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id serial, x int)")
    try:
        with application.cursor() as cursor:
            cursor.execute("INSERT INTO later (x) VALUES (1) RETURNING id")
            cursor.execute("UPDATE later SET x = 2")
            cursor.execute("DELETE FROM later")
        application.commit()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE later")


def test_it_can_be_said_again_and_again(transactional_db: None) -> None:
    assert grant_application_role() == grant_application_role() == insert_only_tables()


def test_without_the_role_it_says_what_to_do(db: None) -> None:
    with pytest.raises(RoleMissing, match="CREATE ROLE"):
        grant_application_role("nobody_here")
    with pytest.raises(CommandError, match="CREATE ROLE"):
        call_command("database_roles", role="nobody_here")


def test_the_command_names_what_only_grows(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("database_roles")
    assert "records_journalentry" in capsys.readouterr().out


def test_no_password_no_silence(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_APP_URL", raising=False)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(AssertionError, match="DATABASE_APP_URL"), open_as_application():
        pass
    assert Pending.objects.count() == 0
