"""Workers keep their database connection, and a PostgreSQL restart needs no hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from approvals.applying import drafting, submission
from approvals.states import ApplicationState as S
from bootstrap import postgres, programs
from bootstrap.managing import Manage
from bootstrap.supervising import Supervisor, end, launch, wait_until_ready
from portal.celery import app
from records import tasks
from tests.factories import district
from tests.factories.district import Citizen
from tests.processes.running import Processes
from tests.processes.standing import FarStandin
from tests.processes.watching import state_of, within

NOTE = """
from django.db import transaction
from records import journal
with transaction.atomic():
    journal.note(stream="test", act="noted", actor="system")
"""


def sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT sessions FROM pg_stat_database WHERE datname = current_database()")
        return int((cursor.fetchone() or (-1,))[0])


def done() -> int:
    """How many tasks the workers have taken so far."""
    stats = app.control.inspect(timeout=2, limit=1).stats() or {}
    return sum(sum(worker["total"].values()) for worker in stats.values())


def test_a_task_opens_no_new_connection(worker: Processes) -> None:
    for _ in range(10):  # every process of the pool opens its connection
        tasks.seal.delay()
    assert within(10, lambda: done() >= 10)
    time.sleep(1.5)  # statistics are written about once a second
    before, taken = sessions(), done()
    for _ in range(40):
        tasks.seal.delay()
    assert within(15, lambda: done() >= taken + 40)
    time.sleep(1.5)
    assert sessions() - before <= 2


def test_deciding_opens_no_new_connection(worker: Processes, city: FarStandin) -> None:
    warm = [submitted(district.citizen(city)) for _ in range(6)]
    assert within(15, lambda: all(state_of(case) == S.GRANTED for case in warm))
    time.sleep(1.5)
    before = sessions()
    for _ in range(20):  # one after the other, so that each is a task of its own
        case = submitted(district.citizen(city))
        assert within(10, lambda case=case: state_of(case) == S.GRANTED)  # type: ignore[misc]
    time.sleep(1.5)
    assert sessions() - before <= 2


def submitted(citizen: Citizen) -> str:
    """Submit in this process, whose connection is open already; the worker alone could open new ones."""
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    return submission.submit(citizen.principal, reference=draft.reference, key=draft.reference).reference


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[postgres.Server]:
    """A PostgreSQL that a test may stop."""
    server = postgres.open_server(
        tmp_path / "postgres", secrets_file=tmp_path / "passwords", log=tmp_path / "log", throwaway=True
    )
    server.create_if_missing()
    yield server
    postgres.remove(tmp_path / "postgres")


def test_a_worker_survives_a_restart_of_postgresql(
    own_server: postgres.Server, process_environment: dict[str, str], tmp_path: Path
) -> None:
    supervisor = Supervisor(tmp_path / "processes.json")
    try:
        supervisor.start(own_server.program())
        own_server.make_roles()
        owner = Manage(
            {**process_environment, "DATABASE_URL": own_server.url("portal_owner")}, tmp_path / "setup.log"
        )
        owner("migrate", "--no-input", "-v0")
        owner("database_roles")
        owner("load_demo", "--mark-only")
        environment = {**process_environment, "DATABASE_URL": own_server.url("portal_app")}
        supervisor.start(programs.worker(environment, log=tmp_path))
        database = supervisor.running[0]
        for _ in range(2):
            Manage(environment, tmp_path / "setup.log")("shell", "-c", NOTE)
            assert within(10, lambda: sealed_after_a_wake_up(own_server))
            end(database)
            database.process = launch(database.program)
            wait_until_ready(database.program, database.process)
        assert "Traceback" not in (tmp_path / "worker.log").read_text()
    finally:
        supervisor.stop()


def sealed_after_a_wake_up(server: postgres.Server) -> bool:
    """Ask for sealing, as beat does every second; return whether nothing waits."""
    tasks.seal.delay()
    time.sleep(0.2)
    with psycopg2.connect(server.url("portal_owner")) as line, line.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM records_journalpending")
        waiting = int((cursor.fetchone() or (-1,))[0])
    line.close()
    return waiting == 0
