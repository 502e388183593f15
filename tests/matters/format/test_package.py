from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from matters.format.package import package_schema, parse_package
from rules.language.invalid import InvalidTree
from tests.matters.documents import ALLOWANCE, DROP, RENEWAL, SHIPPED, SHOP, TEST_MADE, changed, read

FAULTS: list[tuple[str, Any, str]] = [
    ("format", 2, "format"),
    ("code", "11440507mb2x00012r4440511001001", "code"),
    ("code", "123", "code"),
    ("base_code", "4405110010010", "base_code"),
    ("name", "", "name"),
    ("name", 5, "name"),
    ("name", DROP, "name"),
    ("unheard_of", 1, "unheard_of"),
    ("type", "5", "type"),
    ("department", "11440507MB2X00012r", "department"),
    ("applicant", "company", "applicant"),
    ("mode", "manual", "mode"),
    ("everyday_words", [], "everyday_words"),
    ("guide.fee.charged", "no", "guide.fee.charged"),
    ("guide.statutory.workdays", -1, "guide.statutory.workdays"),
    ("guide.committed.workdays", 0, "guide.committed.workdays"),
    ("guide.consult_phone", "00000001", "guide.consult_phone"),
    ("guide.places[0].phone", "13800138000", "guide.places[0].phone"),
    ("guide.legal_basis[1].article", DROP, "guide.legal_basis[1].article"),
    ("guide.remedies.court", DROP, "guide.remedies.court"),
    ("form.pages[0].questions[0].type", "signature", "form.pages[0].questions[0].type"),
    ("form.pages[0].questions[6].default", "cash", "form.pages[0].questions[6]"),
    ("form.pages[0].questions[6].options", [], "form.pages[0].questions[6]"),
    ("form.pages[0].questions[1].name", "name", "form.pages[0].questions[1].name"),
    (
        "form.pages[0].questions[7].visible_when",
        {"fact": "form.account"},
        "form.pages[0].questions[7].visible_when.op",
    ),
    ("materials[0].replaced_by[0]", {"form": True, "commitment": "x"}, "materials[0].replaced_by[0]"),
    ("materials[0].form", "stone", "materials[0].form"),
    ("materials[1].code", "application", "materials[1].code"),
    ("uses.certificates[1].type", "resident_id", "uses.certificates[1].type"),
    ("checks[1].condition", {"all": []}, "checks[1].condition.all"),
    ("checks[1].told.unknown", DROP, "checks[1].told.unknown"),
    ("checks[1].on_fail", "refuse", "checks[1].on_fail"),
    ("checks[1].on_fail", "supplement", "checks[1]"),
    ("checks[1].code", "residence", "checks[1].code"),
    ("outcome.rows[0].values.monthly_amount", DROP, "outcome.rows[0].values.monthly_amount"),
    (
        "result.certificate.fields.name",
        {"fact": "applicant.name", "today": True},
        "result.certificate.fields.name",
    ),
    ("form.pages[0].questions[0].type", "division", "form.pages[0].questions[0]"),
    ("result.certificate.fields.name", {"value": "x", "label": True}, "result.certificate.fields.name"),
    (
        "result.certificate.fields.name",
        {"value": "x", "otherwise": "applicant.name"},
        "result.certificate.fields.name",
    ),
    ("result.certificate.valid_days", 0, "result.certificate.valid_days"),
    ("result.certificate.holder", "new_organisation", "result"),
    ("examples[0].on", "2026-13-01", "examples[0].on"),
    ("examples[0].expect.verdict", "refuse", "examples[0].expect.verdict"),
    ("examples[1].name", "86 周岁，全部符合", "examples[1].name"),
]


@pytest.mark.parametrize("path", [*SHIPPED, TEST_MADE], ids=lambda path: path.stem)
def test_each_package_parses_and_fits_its_schema(path):
    document = read(path)
    assert parse_package(document).name == document["name"]
    jsonschema.Draft202012Validator(package_schema()).validate(document)


def test_the_schema_itself_is_one():
    jsonschema.Draft202012Validator.check_schema(package_schema())


@pytest.mark.parametrize(("path", "value", "at"), FAULTS, ids=[f"{p}={v!r:.30}" for p, v, _ in FAULTS])
def test_each_fault_is_named_with_its_path_in_chinese(path, value, at):
    with pytest.raises(InvalidTree) as refused:
        parse_package(changed(read(ALLOWANCE), path, value))
    paths = [where for where, _ in refused.value.problems]
    assert any(where == at or where.startswith(f"{at}.") for where in paths), paths
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in message) for _, message in refused.value.problems)


def test_every_fault_of_a_document_is_named_at_once():
    document = changed(changed(read(ALLOWANCE), "name", ""), "guide.fee.charged", 1)
    with pytest.raises(InvalidTree) as refused:
        parse_package(document)
    assert {path for path, _ in refused.value.problems} == {"name", "guide.fee.charged"}


def test_a_certificate_has_one_validity():
    document = changed(
        changed(read(TEST_MADE), "result.certificate.valid_days", 5), "result.certificate.valid_years", 1
    )
    with pytest.raises(InvalidTree) as refused:
        parse_package(document)
    assert [path for path, _ in refused.value.problems] == ["result.certificate"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"number": "LH{serial:8}"}, "沿用原证编号"),
        ({"mode": "issue", "valid_as_held": DROP}, "issue 要写 number"),
        ({"mode": "issue", "number": "LH{serial:8}"}, "valid_as_held"),
        ({"holder": "new_organisation"}, "holder"),
        ({"valid_years": 3}, "只能写一个"),
    ],
)
def test_a_new_version_says_what_it_keeps(changes, word):
    document = read(RENEWAL)
    for name, value in changes.items():
        document = changed(document, f"result.certificate.{name}", value)
    with pytest.raises(InvalidTree) as refused:
        parse_package(document)
    ((path, message),) = refused.value.problems
    assert path == "result.certificate"
    assert word in message


def test_a_name_is_given_or_changed_not_both():
    document = changed(read(SHOP), "result.renames", {"fact": "form.name"})
    with pytest.raises(InvalidTree) as refused:
        parse_package(document)
    assert [path for path, _ in refused.value.problems] == ["result"]


@pytest.mark.parametrize(
    ("document", "ends"),
    [(SHOP, "resident_id"), (RENEWAL, "food_licence")],
    ids=["of an organisation that begins", "of what has just been issued"],
)
def test_a_grant_does_not_end_what_it_makes(document, ends):
    told = changed(read(document), "result.ends", {"certificate": ends, "reason": "注销"})
    with pytest.raises(InvalidTree) as refused:
        parse_package(told)
    assert [path for path, _ in refused.value.problems] == ["result"]


@pytest.mark.parametrize("document", [None, [], "x", 5, {}])
def test_what_is_no_package_is_refused(document):
    with pytest.raises(InvalidTree):
        parse_package(document)
