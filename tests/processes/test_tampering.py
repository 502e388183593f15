"""Somebody with every right in the database changes the journal: verify_journal names what, and exits 1."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest

from bench import applying
from bench.town import Town
from bench.visitor import Visitor
from bootstrap.environment import PYTHON
from bootstrap.places import ROOT
from tests.processes.watching import within

demo_lives = pytest.importorskip("portal.demo.district.lives")

pytestmark = pytest.mark.timeout(300)  # whichever comes first sets up a town
PROGRAMS = ("registers", "web", "worker", "beat")
TABLES = (
    "records_journalentry",
    "records_event",
    "records_block",
    "records_blockentry",
    "records_journalpending",
)
Execute = Callable[..., list[tuple]]


@contextmanager
def intruder(town: Town) -> Iterator[Execute]:
    """PostgreSQL's superuser, for whom no trigger fires and no foreign key holds; commits at the end."""
    url = town.server.url("portal_owner").replace("portal_owner", "postgres", 1)
    url = url.replace(town.server.passwords["portal_owner"], town.server.passwords["postgres"])
    line = psycopg2.connect(url)
    try:
        with line.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")

            def execute(statement: str, *values: object) -> list[tuple]:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []

            yield execute
        line.commit()
    finally:
        line.close()


def verify(town: Town) -> tuple[int, str]:
    """Run the command as an auditor would; return its exit code and what it says."""
    done = subprocess.run(
        [PYTHON, ROOT / "manage.py", "verify_journal", "--json"],
        env=town.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert not done.stderr, done.stderr[-2000:]
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def case(town: Town) -> Iterator[str]:
    """A granted case whose entries are all sealed; the programs have ended, so that nothing is added.

    After the last test the journal is sound again: no test left its trace to the next.
    """
    town.have(*PROGRAMS)
    visitor = Visitor(town.site)
    try:
        district = demo_lives.district()
        given: dict[str, Any] = {name: str(value) for name, value in district.matters["shop"].answers.items()}
        given |= {"commitment": "yes", "name": "示例市龙湖区存证杂货店"}
        applying.sign_in(visitor, username="wuchaoxin", password=district.password)
        answer = applying.apply(visitor, matter=district.matters["shop"].code, **given)
        assert "审批通过" in visitor.follow(answer).words
        assert within(10, lambda: sealed(town))
    finally:
        visitor.close()
        for name in reversed(PROGRAMS):
            town.kill(name)
    yield applying.reference(answer)
    assert verify(town)[0] == 0


def sealed(town: Town) -> bool:
    with intruder(town) as execute:
        return execute("SELECT count(*) FROM records_journalpending") == [(0,)]


@pytest.fixture
def tamper(town: Town, case: str) -> Iterator[Execute]:
    """Runs statements as the intruder; afterwards the journal is as it was."""
    with intruder(town) as execute:
        execute("CREATE SCHEMA kept")
        for table in TABLES:
            execute(f"CREATE TABLE kept.{table} AS TABLE {table}")

    def act(statement: str, *values: object) -> list[tuple]:
        with intruder(town) as execute:
            return execute(statement, *values)

    yield act
    with intruder(town) as execute:
        for table in TABLES:
            execute(f"DELETE FROM {table}")
            execute(f"INSERT INTO {table} SELECT * FROM kept.{table}")
        execute("DROP SCHEMA kept CASCADE")


def named(town: Town) -> dict[tuple[str, str], str]:
    """Return what the command names: kind of fault and place, with the detail; its exit code must be 1."""
    code, said = verify(town)
    assert code == 1, said
    return {(fault["kind"], fault["where"]): fault["detail"] for fault in json.loads(said)}


def place(case: str, sequence: int, pk: int) -> str:
    return f"stream case:{case} sequence {sequence} (entry {pk})"


def entry(tamper: Execute, case: str, sequence: int) -> int:
    rows = tamper(
        "SELECT id FROM records_journalentry WHERE stream = %s AND sequence = %s", f"case:{case}", sequence
    )
    return int(rows[0][0])


def test_untouched_it_is_sound(town: Town, case: str) -> None:
    code, said = verify(town)
    assert (code, json.loads(said)) == (0, [])


def test_one_byte_changed(town: Town, case: str, tamper: Execute) -> None:
    changed = entry(tamper, case, 2)
    tamper("UPDATE records_journalentry SET actor = actor || ' ' WHERE id = %s", changed)
    assert ("entry changed", place(case, 2, changed)) in named(town)


def test_a_word_the_applicant_reads_changed(town: Town, case: str, tamper: Execute) -> None:
    ((changed, sequence),) = tamper(
        "SELECT v.entry_id, e.sequence FROM records_event v JOIN records_journalentry e ON e.id = v.entry_id"
        " WHERE v.stream = %s ORDER BY e.sequence LIMIT 1",
        f"case:{case}",
    )
    tamper("UPDATE records_event SET text = replace(text, '。', '!') WHERE entry_id = %s", changed)
    assert ("event changed", place(case, sequence, changed)) in named(town)


def test_a_row_dropped_in_the_middle(town: Town, case: str, tamper: Execute) -> None:
    dropped = entry(tamper, case, 2)
    tamper("DELETE FROM records_event WHERE entry_id = %s", dropped)
    tamper("DELETE FROM records_journalentry WHERE id = %s", dropped)
    assert f"entry {dropped} was dropped after it was sealed" in named(town).values()


def test_a_row_dropped_in_the_middle_with_its_place_in_the_block(
    town: Town, case: str, tamper: Execute
) -> None:
    drop(tamper, entry(tamper, case, 2))
    found = named(town)
    assert any(kind == "entry missing" and f"case:{case} sequence 2" in where for kind, where in found)
    assert any("block" in where for _, where in found)


def test_the_newest_sealed_row_dropped(town: Town, tamper: Execute) -> None:
    ((newest,),) = tamper(
        "SELECT entry_id FROM records_blockentry ORDER BY block_id DESC, position DESC LIMIT 1"
    )
    tamper("DELETE FROM records_event WHERE entry_id = %s", newest)
    tamper("DELETE FROM records_journalentry WHERE id = %s", newest)
    assert f"entry {newest} was dropped after it was sealed" in named(town).values()


def test_the_newest_block_dropped_with_its_rows(town: Town, tamper: Execute) -> None:
    """What the database alone cannot show any more, the heads outside it do."""
    ((block,),) = tamper("SELECT max(height) FROM records_block")
    sealed_there = "IN (SELECT entry_id FROM records_blockentry WHERE block_id = %s)"
    tamper(f"DELETE FROM records_event WHERE entry_id {sealed_there}", block)
    tamper(f"DELETE FROM records_journalentry WHERE id {sealed_there}", block)
    tamper("DELETE FROM records_blockentry WHERE block_id = %s", block)
    tamper("DELETE FROM records_block WHERE height = %s", block)
    assert any(kind == "block missing" and str(block) in where for kind, where in named(town))


def test_two_swapped(town: Town, case: str, tamper: Execute) -> None:
    first, second = entry(tamper, case, 2), entry(tamper, case, 3)
    for pk, sequence in ((first, 9999), (second, 2), (first, 3)):
        tamper("UPDATE records_journalentry SET sequence = %s WHERE id = %s", sequence, pk)
    assert named(town) == {
        ("entries swapped", place(case, 2, second)): f"exchanged with {place(case, 3, first)}"
    }


def drop(tamper: Execute, pk: int) -> None:
    """Remove an entry with all that points to it."""
    for table, column in (("event", "entry_id"), ("blockentry", "entry_id"), ("journalentry", "id")):
        tamper(f"DELETE FROM records_{table} WHERE {column} = %s", pk)
