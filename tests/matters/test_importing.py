from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Department
from certificates.models import CertificateType
from matters.importing import ImportRefused, import_packages
from matters.models import Edition, Matter
from records.models import JournalEntry
from tests.matters.documents import ALLOWANCE, DATA, DROP, SHIPPED, TEST_MADE, changed, read

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("catalogue")


def bring(path: Path, *, dry_run: bool = False) -> Any:
    return import_packages(path, by="system", at=AT, dry_run=dry_run)


def folder(tmp_path: Path, documents: dict[str, Any]) -> Path:
    for name, document in documents.items():
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def refused(path: Path) -> list[tuple[str, str]]:
    before = (
        Matter.objects.count(),
        Edition.objects.count(),
        CertificateType.objects.count(),
        JournalEntry.objects.count(),
    )
    with pytest.raises(ImportRefused) as caught:
        bring(path)
    after = (
        Matter.objects.count(),
        Edition.objects.count(),
        CertificateType.objects.count(),
        JournalEntry.objects.count(),
    )
    assert before == after
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in fault.message) for fault in caught.value.faults)
    return [(fault.file, fault.path) for fault in caught.value.faults]


def test_a_folder_is_imported_and_importing_again_changes_nothing():
    first = bring(DATA / "matters")
    assert len(first.published) == len(SHIPPED) == Matter.objects.count()
    assert first.warnings == []
    rows = (Edition.objects.count(), JournalEntry.objects.count())
    again = bring(DATA / "matters")
    assert (again.published, len(again.unchanged)) == ([], len(SHIPPED))
    assert (Edition.objects.count(), JournalEntry.objects.count()) == rows


def test_one_file_with_its_own_type_and_register():
    assert [edition.matter.code for edition in bring(TEST_MADE).published] == [read(TEST_MADE)["code"]]


def test_a_dry_run_says_the_same_and_stores_nothing():
    report = bring(TEST_MADE, dry_run=True)
    assert len(report.published) == 1
    assert (Matter.objects.count(), JournalEntry.objects.filter(stream__startswith="matter:").count()) == (
        0,
        0,
    )
    assert not CertificateType.objects.filter(slug="library_card").exists()


def test_every_fault_of_every_file_is_named_and_nothing_is_stored(tmp_path):
    allowance, library = read(ALLOWANCE), read(TEST_MADE)
    path = folder(
        tmp_path,
        {
            "a-good.json": library,
            "b-broken.json": "{",
            "c-wrong.json": changed(changed(allowance, "name", ""), "guide.places[0].phone", "x"),
            "d-twice.json": '{"format": 1, "format": 1}',
        },
    )
    assert refused(path) == [
        ("b-broken.json", ""),
        ("c-wrong.json", "name"),
        ("c-wrong.json", "guide.places[0].phone"),
        ("d-twice.json", ""),
    ]


def test_faults_found_by_linting_are_named_in_all_files_at_once(tmp_path):
    allowance, library = read(ALLOWANCE), read(TEST_MADE)
    documents = {
        "a.json": changed(allowance, "examples[0].expect.verdict", "refer"),
        "b.json": changed(library, "uses.registers[0].register", "nowhere"),
    }
    found = refused(folder(tmp_path, documents))
    assert ("a.json", "examples[0].expect.verdict") in found
    assert ("b.json", "uses.registers[0].register") in found


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        ("certificate_types[0].code", "123", "certificate_types[0].code"),
        ("certificate_types[0].fields", {}, "certificate_types[0].fields"),
        ("registers[0].path", "nowhere", "registers[0].path"),
        ("registers[0].no_hit", {"loans": 5}, "registers[0].no_hit.loans"),
        ("registers[0].name", DROP, "registers[0].name"),
    ],
)
def test_wrong_types_and_registers_are_named(tmp_path, path, value, at):
    assert refused(folder(tmp_path, {"x.json": changed(read(TEST_MADE), path, value)})) == [("x.json", at)]


def test_two_files_with_one_code(tmp_path):
    assert refused(folder(tmp_path, {"a.json": read(TEST_MADE), "b.json": read(TEST_MADE)})) == [
        ("b.json", "code")
    ]


def test_a_missing_department_is_a_fault_of_the_file(tmp_path):
    Department.objects.filter(credit_code=read(TEST_MADE)["department"]).delete()
    assert refused(TEST_MADE) == [(TEST_MADE.name, "department")]


def test_a_warning_is_told_and_bars_nothing(tmp_path):
    document = read(TEST_MADE)
    document = changed(document, "materials[0].replaced_by", [])
    report = bring(folder(tmp_path, {"x.json": document}))
    assert [(fault.file, fault.path) for fault in report.warnings] == [("x.json", "materials[0].replaced_by")]
    assert len(report.published) == 1


def test_nothing_there_to_import(tmp_path):
    assert refused(tmp_path) == [(str(tmp_path), "")]
    assert refused(tmp_path / "missing.json") == [(str(tmp_path / "missing.json"), "")]
