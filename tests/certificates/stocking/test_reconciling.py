"""A file held against the store: every kind of difference is named, no value of anybody is."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from certificates.models import Certificate, CertificateType
from certificates.states import FileOrigin, ImportState
from certificates.stocking import reconciling
from certificates.stocking.files import columns, reading
from records.models import JournalEntry
from tests.certificates.stocking.test_importing import blocks_of, kind, sheet, take  # noqa: F401 -- a fixture
from tests.factories import certificates as making
from tests.factories.certificates import ISSUER
from tests.factories.offices import OTHER, department
from tests.factories.people import id_number, person

pytestmark = pytest.mark.django_db
HEADER = ["holder", "holder_name", "number", "issued_on", "status", "fields.name", "fields.card_number"]


def compared(content: bytes, kind: CertificateType, *, issuer: str = ISSUER) -> dict[str, Any]:  # noqa: F811 -- what the fixture gives
    blocks = blocks_of(content)
    one = reconciling.begin(
        reading.survey(blocks),
        kind=kind,
        issuer_code=issuer,
        file_name="x.csv",
        origin=FileOrigin.COMMAND,
        actor="system",
    )
    reconciling.run(one, blocks)
    one.refresh_from_db()
    assert one.state == ImportState.DONE
    return one.report


def test_every_kind_of_difference_is_named(kind: CertificateType) -> None:  # noqa: F811
    numbers = [id_number() for _ in range(7)]
    rows = [[numbers[n], "李四", f"R{n}", "2020-01-01", "", "李四", "6200123"] for n in range(6)]
    take(sheet(rows, header=HEADER), kind)
    making.certificate(person(), number="另一张")
    rows[1][3] = "2020-02-02"
    rows[2][6] = "6200999"
    rows[3][4] = "suspended"
    rows[4][0] = numbers[6]
    rows[5][0] = "x"
    new = [numbers[0], "李四", "R9", "2020-01-01", "", "", ""]
    report = compared(sheet([*rows, rows[0], new], header=HEADER), kind)
    assert report["counts"] == {
        "same": 1, "only_file": 1, "only_store": 2, "terms": 2, "fields": 1, "status": 1, "repeated": 1, "refused": 1,
    }  # fmt: skip
    named = {(one["kind"], one["line"], one["number"]): one["what"] for one in report["listed"]}
    assert named["terms", 3, "R1"] == "颁发日期、有效期起始日期"
    assert named["fields", 4, "R2"] == "卡号"
    assert named["status", 5, "R3"] == "文件：暂停使用；库里：有效"
    assert named["terms", 6, "R4"] == "持证主体代码"
    assert ("only_file", 9, "R9") in named
    assert {number for what, _, number in named if what == "only_store"} == {"另一张", "R5"}
    text = json.dumps(report, ensure_ascii=False)
    assert not [number for number in (*numbers, "6200123", "6200999", "李四") if number in text]
    entry = JournalEntry.objects.get(act="certificates_compared")
    assert entry.details["terms"] == 2
    assert Certificate.objects.count() == 7
    table = "".join(reconciling.as_csv(report))
    assert table.count("\n") == 1 + len(report["listed"])


def test_lists_end_counts_do_not(kind: CertificateType, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(reconciling, "MOST_LISTED", 2)
    rows = [[id_number(), "李四", f"S{n}", "2020-01-01", "", "", ""] for n in range(5)]
    report = compared(sheet(rows, header=HEADER), kind)
    assert (report["counts"]["only_file"], len(report["listed"])) == (5, 2)


def test_an_unreadable_file_is_said(kind: CertificateType) -> None:  # noqa: F811
    blocks = blocks_of(b"holder\n1\n")
    told = reading.survey(blocks)
    given: dict[str, Any] = {"file_name": "x", "origin": FileOrigin.COMMAND, "actor": "system"}
    one = reconciling.run(reconciling.begin(told, kind=kind, issuer_code=ISSUER, **given), blocks)
    assert (one.state, bool(one.fault)) == (ImportState.FAILED, True)


def test_what_another_department_issued_is_not_compared(kind: CertificateType) -> None:  # noqa: F811
    content = sheet([[id_number(), "李四", "T1", "2020-01-01", "", "", ""]], header=HEADER)
    take(content, kind)
    kind.issuers = [ISSUER, OTHER]
    counts = compared(content, kind, issuer=department(OTHER).credit_code)["counts"]
    assert (counts["only_file"], counts["only_store"], counts["same"]) == (1, 0, 0)


@pytest.mark.parametrize("number", ["=1+1", "'=1+1", "@x", "-1"])
def test_no_cell_of_a_list_is_a_formula_and_the_import_reads_it_back(number: str) -> None:
    report = {"listed": [{"kind": "only_file", "line": 2, "number": number, "version": 1, "what": ""}]}
    _, line = reconciling.as_csv(report)
    cell = next(csv.reader([line]))[2]
    assert cell.startswith("'")
    assert columns.unguarded(cell) == number
