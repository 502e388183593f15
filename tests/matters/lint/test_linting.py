from __future__ import annotations

from typing import Any

import pytest

from matters.format.package import parse_package
from matters.lint import linting
from tests.matters.documents import ALLOWANCE, DROP, RENEWAL, SHIPPED, TEST_MADE, changed, read, sources

FREE = {"fact": "form.account", "op": "eq", "value": "other"}
BASE = "examples[0].facts."
# (path, value, where the fault must be named, a word of its message)
FAULTS: list[tuple[str, Any, str, str]] = [
    ("code", "11440507MB2X00012R9440511001001", "code", "行使层级"),
    ("base_code", "440511001002", "base_code", "440511001001"),
    ("type", "20", "type", "05"),
    ("department", "11440507MB2X00020L", "department", "11440507MB2X00012R"),
    ("guide.statutory.workdays", 4, "guide.committed.workdays", "长于法定时限"),
    ("guide.complaint_phone", "0754-00000001", "guide.complaint_phone", "不能相同"),
    ("guide.visits", 1, "guide.visit_reason", "现场"),
    ("materials[0].name", "其他材料", "materials[0].name", "兜底"),
    ("materials[0].name", "法律法规规定的其他证明", "materials[0].name", "兜底"),
    ("materials[0].name", "身份证、户口簿等", "materials[0].name", "兜底"),
    ("materials[0].name", "申请表等相关材料", "materials[0].name", "兜底"),
    ("materials[0].name", "其它需要提交的材料", "materials[0].name", "兜底"),
    (
        "materials[1].replaced_by[0].certificate",
        "driving_licence",
        "materials[1].replaced_by[0].certificate",
        "uses",
    ),
    ("materials[1].replaced_by[0]", {"register": "nowhere"}, "materials[1].replaced_by[0].register", "uses"),
    ("materials[0].certificate_wanted", "moon_licence", "materials[0].certificate_wanted", "先登记这种证照"),
    ("materials[0].certificate_wanted", "business_licence", "materials[0].certificate_wanted", "持证主体"),
    (
        "materials[1].certificate_wanted",
        "resident_id",
        "materials[1].certificate_wanted",
        "已经由居民身份证代替",
    ),
    ("materials[3].when", {"fact": "form.nothing", "op": "present"}, "materials[3].when", ""),
    ("uses.certificates[0].type", "moon_licence", "uses.certificates[0].type", "没有证照类型"),
    ("uses.certificates[0].type", "business_licence", "uses.certificates[0].type", "持证主体"),
    (
        "uses.certificates[0].fields",
        ["name", "id_number", "birth_date", "shoe_size"],
        "uses.certificates[0].fields[3]",
        "没有字段",
    ),
    (
        "uses.certificates[0].fields",
        ["name", "id_number", "birth_date", "sex"],
        "uses.certificates[0].fields[3]",
        "没有用到",
    ),
    ("uses.registers[0].register", "nowhere", "uses.registers[0].register", "没有数据共享来源"),
    ("uses.registers[0].key", {"number": "applicant.id_number"}, "uses.registers[0].key", "id_number"),
    (
        "uses.registers[0].key",
        {"id_number": "applicant.shoe_size"},
        "uses.registers[0].key.id_number",
        "applicant.shoe_size",
    ),
    ("uses.registers[0].key", {"id_number": "derived.age"}, "uses.registers[0].key.id_number", "derived.age"),
    ("derived[0].of", "cert.resident_id.sex", "derived[0].of", "cert.resident_id.sex"),
    (
        "form.pages[0].questions[0].prefill",
        "cert.resident_id.sex",
        "form.pages[0].questions[0].prefill",
        "cert.resident_id.sex",
    ),
    (
        "form.pages[0].questions[0].prefill",
        "cert.resident_id.birth_date",
        "form.pages[0].questions[0].prefill",
        "date",
    ),
    ("form.pages[0].questions[0].prefill", "own.granted", "form.pages[0].questions[0].prefill", "预填"),
    ("form.pages[0].questions[5].visible_when", FREE, "form.pages[0].questions[5].visible_when", "前面"),
    (
        "form.pages[0].questions[7].visible_when",
        {"fact": "form.account", "op": "eq", "value": "cash"},
        "form.pages[0].questions[7].visible_when",
        "",
    ),
    (
        "form.pages[0].questions[6].options[0].hint",
        "尾号 {cert.social_card.tail}",
        "form.pages[0].questions[6].options[0].hint",
        "cert.social_card.tail",
    ),
    ("situations[0].form", "form.nothing", "situations[0].form", "form.nothing"),
    ("checks[1].condition.value", "eighty", "checks[1].condition", ""),
    ("checks[1].condition.fact", "derived.height", "checks[1].condition", ""),
    ("checks[2].condition.value", 1, "checks[2].condition", ""),
    ("checks[1].opens", ["form.nothing"], "checks[1].opens[0]", "form.nothing"),
    ("outcome.rows[0].when", {"fact": "derived.height", "op": "ge", "value": 3}, "outcome.rows[0].when", ""),
    (
        "outcome.rows[0].values.monthly_amount",
        "-100.00",
        "outcome.rows[0].values.monthly_amount",
        "不能小于 0",
    ),
    ("outcome.rows[0].values.monthly_amount", "100.005", "outcome.rows[0].values.monthly_amount", "写到分"),
    ("result.certificate.type", "moon_licence", "result.certificate.type", "没有证照类型"),
    ("result.certificate.type", "business_licence", "result.certificate.type", "持证主体"),
    ("result.certificate.number", "LH{year}", "result.certificate.number", "serial"),
    ("result.certificate.number", "LH{anything}{serial:8}", "result.certificate.number", "编号规则"),
    ("result.certificate.fields.height", {"value": "x"}, "result.certificate.fields.height", "没有这个字段"),
    (
        "result.certificate.fields.name",
        {"fact": "cert.resident_id.birth_date"},
        "result.certificate.fields.name",
        "date",
    ),
    (
        "result.certificate.fields.name",
        {"fact": "applicant.shoe_size"},
        "result.certificate.fields.name",
        "applicant.shoe_size",
    ),
    (
        "result.certificate.fields.name",
        {"fact": "applicant.name", "label": True},
        "result.certificate.fields.name",
        "label",
    ),
    (
        "result.certificate.fields.name",
        {"fact": "applicant.name", "otherwise": "cert.resident_id.birth_date"},
        "result.certificate.fields.name.otherwise",
        "date",
    ),
    (
        "result.certificate.fields.start_on",
        {"valid_until": True},
        "result.certificate.fields.start_on",
        "有效期",
    ),
    ("result.renames", {"fact": "applicant.name"}, "result.renames", "个人"),
    ("result.ends", {"certificate": "nothing", "reason": "注销"}, "result.ends", "没有证照类型"),
    ("result.ends", {"certificate": "senior_card", "reason": "注销"}, "result.ends", "uses 里没有"),
    (
        "result.ends",
        {"certificate": "social_card", "with_it": ["business_licence"], "reason": "注销"},
        "result.ends",
        "uses 里没有",
    ),
    (
        "result.ends",
        {"certificate": "resident_id", "reason": "注销", "organisation": True},
        "result.ends.organisation",
        "个人",
    ),
    ("result.renames", {"fact": "applicant.shoe_size"}, "result.renames", "applicant.shoe_size"),
    ("result.certificate.fields.name", {"today": True}, "result.certificate.fields.name", "类型"),
    ("result.certificate.fields.start_on", {"number": True}, "result.certificate.fields.start_on", "类型"),
    ("result.certificate.fields.start_on", {"value": "soon"}, "result.certificate.fields.start_on", "date"),
    (
        "result.certificate.fields.monthly_amount",
        {"outcome": "amount"},
        "result.certificate.fields.monthly_amount",
        "没有“amount”",
    ),
    (
        "result.certificate.fields.monthly_amount",
        {"outcome": "age_group"},
        "result.certificate.fields.monthly_amount",
        "money",
    ),
    ("result.sentence", "每月{outcome.amount}元", "result.sentence", "outcome.amount"),
    ("result.sentence", "您的号码是{cert.resident_id.id_number}", "result.sentence", "个人信息"),
    ("checks", [], "checks", "至少要有一个核验项"),
    (
        "derived",
        [{"name": "derived.age", "kind": "age", "of": "cert.resident_id.birth_date", "label": "年龄"}] * 2,
        "",
        "重复",
    ),
    ("guide.visits", 1, "guide.online_depth", "0"),
    ("examples", [], "examples", "至少要有 6 个"),
    ("examples[0].expect.verdict", "refer", "examples[0].expect.verdict", "实际为 grant"),
    ("examples[0].expect.findings.age", "fail", "examples[0].expect.findings.age", "实际为 pass"),
    ("examples[0].expect.findings.height", "pass", "examples[0].expect.findings.height", "没有这个核验项"),
    (
        "examples[0].expect.outcome.monthly_amount",
        "150",
        "examples[0].expect.outcome.monthly_amount",
        "实际为 100",
    ),
    ("examples[0].expect.outcome.amount", "100", "examples[0].expect.outcome.amount", "没有这一列"),
    (f"{BASE}applicant.shoe_size", 5, f"{BASE}applicant.shoe_size", "没有这个数据项"),
    ("examples[1].based_on", "不存在", "examples[1].facts.based_on", "没有这个样例"),
    (
        "examples[1].facts",
        {"cert.resident_id.birth_date": "soon"},
        "examples[1].facts.cert.resident_id.birth_date",
        "date",
    ),
    (
        "examples[1].facts",
        {"cert.resident_id.birth_date": {"unknown": "LOST"}},
        "examples[1].facts.cert.resident_id.birth_date",
        "unknown",
    ),
    ("examples[1].facts", {"derived.age": 80}, "examples[1].facts.derived.age", "没有这个数据项"),
]


def problems_of(document: dict[str, Any]) -> list[linting.Problem]:
    package = parse_package(document)
    return linting.problems(package, sources=sources(document))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_package_has_no_fault_and_no_warning(path):
    assert problems_of(read(path)) == []


def test_a_package_brings_its_own_type_and_register():
    assert linting.errors(problems_of(read(TEST_MADE))) == []


@pytest.mark.parametrize(
    ("path", "value", "at", "word"),
    FAULTS,
    ids=[f"{at}-{number}" for number, (_, _, at, _) in enumerate(FAULTS)],
)
def test_each_fault_bars_publication_and_is_named_where_it_is(path, value, at, word):
    document = read(ALLOWANCE)
    if path.startswith(("result.certificate.fields.height", BASE)):
        document = added(document, path, value)
    else:
        document = changed(document, path, value)
    found = linting.errors(problems_of(document))
    assert any(each.path.startswith(at) and word in each.message for each in found), found


def added(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Facts have dots in their names, so that they cannot be reached by a path."""
    if path.startswith(BASE):
        facts = {**document["examples"][0]["facts"], path.removeprefix(BASE): value}
        return changed(document, "examples[0].facts", facts)
    return changed(document, path, value)


@pytest.mark.parametrize("name", ["居民身份证", "其他收入证明", "同等学力证书", "等级证书"])
def test_honest_material_names_pass(name):
    assert problems_of(changed(read(ALLOWANCE), "materials[0].name", name)) == []


def test_each_source_that_can_be_unknown_needs_an_example():
    document = read(ALLOWANCE)
    kept = [example for example in document["examples"] if "register.civil_status.*" not in example["facts"]]
    found = linting.errors(problems_of(changed(document, "examples", kept)))
    assert [(each.path, "register.civil_status." in each.message) for each in found] == [("examples", True)]


def test_a_check_nobody_sees_fail_is_a_warning_only():
    document = read(ALLOWANCE)
    kept = [example for example in document["examples"] if example["name"] != "登记为死亡"]
    found = problems_of(changed(document, "examples", kept))
    assert [(each.path, each.warning) for each in found] == [("checks[2]", True)]


def test_a_bad_credit_code_inside_a_matter_code_is_a_warning_only():
    document = read(ALLOWANCE)
    bad = "11440507MB2X00012T"
    document = changed(changed(document, "department", bad), "code", f"{bad}4440511001001")
    assert [(each.path, each.warning) for each in problems_of(document)] == [("code", True)]


def test_a_licence_needs_five_steps_and_a_question():
    document = next(read(path) for path in SHIPPED if read(path)["type"] == "01")
    document = changed(changed(document, "guide.faq", []), "guide.steps", document["guide"]["steps"][:4])
    assert {each.path for each in problems_of(document)} == {"guide.faq", "guide.steps"}


def test_a_new_version_needs_a_check_that_reads_the_held_one():
    document = read(RENEWAL)
    assert problems_of(document) == []
    blind = [check for check in document["checks"] if "cert.food_licence" not in str(check["condition"])]
    assert 0 < len(blind) < len(document["checks"])
    found = linting.errors(problems_of(changed(document, "checks", blind)))
    assert "result.certificate.mode" in {each.path for each in found}
    knowing = {**blind[0], "condition": {"fact": "cert.food_licence.held", "op": "eq", "value": True}}
    found = linting.errors(problems_of(changed(document, "checks", [*blind[1:], knowing])))
    assert "result.certificate.mode" in {each.path for each in found}  # that one exists is not reading it


def test_a_limit_no_law_sets_bars_nothing():
    assert problems_of(changed(read(ALLOWANCE), "guide.statutory.workdays", DROP)) == []
