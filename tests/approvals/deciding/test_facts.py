"""What collecting the facts of a case costs the database: three statements read, however many cases there are."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.deciding import facts, waiting
from common import clock
from tests.approvals.deciding.test_waiting import apply
from tests.factories import district
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db

PATIENCE = 10.0
_TABLE = re.compile(r"(?:FROM|INTO|UPDATE)\s+(\w+)")
# What facts are read from: the consent, the store, the portal's own cases. Registers are asked over HTTP.
READS = {"certificates_authorisation", "certificates_certificate", "approvals_application"}
DEFINITIONS = {"certificates_certificatetype", "registers_register"}  # what a type or a register is called
TRACES = {"certificates_userecord", "registers_registercall"}  # that it was read


def touched(cases: int) -> list[str]:
    """Claim so many cases, collect their facts, and return the table of each statement that took."""
    claimed = waiting.claim(cases, at=clock.now())
    with CaptureQueriesContext(connection) as caught:
        collecting = facts.Collecting(claimed, on=clock.today(), at=clock.now())
        facts.wait_for([collecting], seconds=PATIENCE)
        collected = collecting.take()
    assert len(collected) == cases
    assert all(one.facts["own.granted"].value == 0 for one in collected)
    assert all(one.facts["register.civil_status.dead"].value is False for one in collected)
    plain = [query["sql"].replace('"', "") for query in caught.captured_queries]
    return [_TABLE.findall(sql)[0] for sql in plain if "SAVEPOINT" not in sql]


def test_facts_are_read_with_three_statements(city: Standin) -> None:
    for _ in range(4):
        apply(district.citizen(city))
    for cases in (1, 3):
        tables = touched(cases)
        assert sorted(table for table in tables if table in READS) == sorted(READS)
        assert sum(table in DEFINITIONS for table in tables) <= len(DEFINITIONS)
        assert sum(table in TRACES for table in tables) <= 3
        assert set(tables) <= READS | DEFINITIONS | TRACES
