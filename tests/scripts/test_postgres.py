"""Where PostgreSQL can live, and starting a cluster of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from bootstrap import postgres
from bootstrap.console import Trouble
from bootstrap.supervising import Supervisor


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for a cluster; as root the cluster moves out of pytest's closed folders, and goes with it."""
    yield tmp_path / "postgres"
    postgres.remove(tmp_path / "postgres")


def start(folder: Path, supervisor: Supervisor) -> postgres.Server:
    server = postgres.open_server(
        folder, secrets_file=folder.parent / "passwords", log=folder.parent / "log", throwaway=True
    )
    server.create_if_missing()
    supervisor.start(server.program())
    server.make_roles()
    return server


def test_a_cluster_starts_keeps_its_data_and_gives_the_application_no_tables(folder: Path) -> None:
    supervisor = Supervisor(folder.parent / "processes.json")
    try:
        server = start(folder, supervisor)
        with psycopg2.connect(server.url("portal_owner")) as owner, owner.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('办事')")
        owner.close()
        supervisor.stop()
        server = start(folder, supervisor)
        with psycopg2.connect(server.url("portal_owner")) as owner, owner.cursor() as cursor:
            cursor.execute("SELECT word FROM kept")
            assert cursor.fetchone() == ("办事",)
        owner.close()
        application = psycopg2.connect(server.url("portal_app"))
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), application.cursor() as cursor:
            cursor.execute("CREATE TABLE other ()")
        application.close()
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(server.url("portal_app").replace(server.passwords["portal_app"], "guessed"))
    finally:
        supervisor.stop()


def test_a_lock_file_whose_number_belongs_to_another_process_is_removed(folder: Path) -> None:
    supervisor = Supervisor(folder.parent / "processes.json")
    try:
        server = start(folder, supervisor)
        supervisor.stop()
        (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
        start(folder, supervisor)
    finally:
        supervisor.stop()


def test_data_without_its_passwords_is_not_touched(folder: Path) -> None:
    server = postgres.open_server(folder, secrets_file=folder.parent / "passwords", log=folder.parent / "log")
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("18\n")
    with pytest.raises(Trouble, match="passwords and keys for it are gone"):
        postgres.open_server(folder, secrets_file=folder.parent / "nothing", log=folder.parent / "log")
    assert (server.data / "PG_VERSION").exists()


def test_a_path_too_long_for_postgresql_is_moved_and_removed_again(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["folder" * 10] * 13) / "postgres"
    server = postgres.open_server(deep, secrets_file=tmp_path / "passwords", log=tmp_path / "log")
    assert len(os.fsencode(server.data)) < postgres.LONGEST_PATH
    assert (
        postgres.open_server(deep, secrets_file=tmp_path / "passwords", log=tmp_path / "log").home
        == server.home
    )
    postgres.remove(deep)
    assert not server.home.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can close a folder to PostgreSQL's user")
def test_root_in_a_closed_folder_runs_a_copy_elsewhere(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = postgres.open_server(
        closed / "postgres", secrets_file=tmp_path / "passwords", log=tmp_path / "log"
    )
    assert not server.home.is_relative_to(closed)
    assert server.create_if_missing()
    postgres.remove(closed / "postgres")
    assert not server.home.exists()
