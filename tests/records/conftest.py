from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _own_heads_file(settings: Settings, tmp_path: Path) -> None:
    settings.JOURNAL_HEADS_FILE = tmp_path / "heads.jsonl"


@pytest.fixture
def as_intruder() -> Callable[..., None]:
    """Change what may not be changed, as the owner of the tables can: past trigger, grants and foreign keys."""

    def run(*statements: str, parameters: tuple[Any, ...] = ()) -> None:
        tables = ("records_journalentry", "records_event", "records_block", "records_blockentry")
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in statements:
                cursor.execute(statement, parameters)
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run


@contextmanager
def open_as_application() -> Iterator[Any]:
    """Connect to the test database as portal_app, with the password of DATABASE_APP_URL."""
    password = urlsplit(os.environ.get("DATABASE_APP_URL", "")).password
    if password is None and os.environ.get("CI"):
        raise AssertionError("DATABASE_APP_URL is not set: what portal_app may do cannot be tested")
    if password is None:
        pytest.skip("DATABASE_APP_URL is not set")
    target = connection.settings_dict
    opened = psycopg2.connect(
        host=target["HOST"], port=target["PORT"], dbname=target["NAME"], user="portal_app", password=password
    )
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def application(transactional_db: None) -> Iterator[Any]:
    """A psycopg2 connection as portal_app, after `database_roles`."""
    call_command("database_roles", verbosity=0)
    with open_as_application() as opened:
        yield opened
