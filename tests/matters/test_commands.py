from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from django.core.management import CommandError, call_command

from matters.models import Matter
from tests.matters.documents import ALLOWANCE, SHIPPED, TEST_MADE, changed, read


def run(*args: object) -> str:
    out = StringIO()
    call_command(*[str(arg) for arg in args], stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.parametrize("path", [*SHIPPED, TEST_MADE], ids=lambda path: path.stem)
def test_trying_a_file_needs_no_database(path):
    """pytest-django refuses any query here: this test has no database mark."""
    told = json.loads(run("try_matter", path, "--json"))
    assert told["code"] == read(path)["code"]
    assert all(example["ok"] for example in told["examples"])
    assert [problem for problem in told["problems"] if not problem["warning"]] == []


def test_trying_says_in_words_what_each_example_gave():
    told = run("try_matter", ALLOWANCE)
    assert "√　86 周岁，全部符合　GRANT" in told
    assert "×" not in told


def test_a_wrong_example_fails_and_is_named(tmp_path):
    file = tmp_path / "x.json"
    file.write_text(
        json.dumps(changed(read(ALLOWANCE), "examples[0].expect.verdict", "refer")), encoding="utf-8"
    )
    with pytest.raises(CommandError, match="1 处问题"):
        run("try_matter", file)


def test_facts_from_a_file_are_judged_on_a_day(tmp_path):
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(read(ALLOWANCE)["examples"][0]["facts"]), encoding="utf-8")
    told = json.loads(run("try_matter", ALLOWANCE, "--facts", facts, "--on", "2026-11-20", "--json"))
    assert told["kind"] == "GRANT"
    assert "核验结论　REFER" in run("try_matter", ALLOWANCE, "--facts", facts, "--on", "2020-08-19")
    assert "80—89 周岁" in run("try_matter", ALLOWANCE, "--facts", facts, "--on", "2026-11-20")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "JSON"),
        ('{"form.account": "cash"}', "form.account"),
        ('{"x": 1}', "x"),
        ('{"a":1,"a":1}', "两次"),
    ],
)
def test_unusable_facts_are_named(tmp_path, text, word):
    facts = tmp_path / "facts.json"
    facts.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=word):
        run("try_matter", ALLOWANCE, "--facts", facts)


def test_files_that_cannot_be_read(tmp_path):
    missing = tmp_path / "missing.json"
    broken = tmp_path / "broken.json"
    broken.write_text("[]", encoding="utf-8")
    for file in (missing, broken):
        with pytest.raises(CommandError, match=file.stem):
            run("try_matter", file)
    with pytest.raises(CommandError, match="missing"):
        run("try_matter", ALLOWANCE, "--facts", missing)


def test_a_wrong_type_inside_the_package_is_named(tmp_path):
    file = tmp_path / "x.json"
    file.write_text(json.dumps(changed(read(TEST_MADE), "certificate_types[0].code", "1")), encoding="utf-8")
    with pytest.raises(CommandError, match=r"x\.json　certificate_types\[0\]\.code"):
        run("try_matter", file)


def test_the_schema_is_printed_as_json():
    schema = json.loads(run("matter_schema"))
    jsonschema.Draft202012Validator(schema).validate(read(ALLOWANCE))
    assert not jsonschema.Draft202012Validator(schema).is_valid(changed(read(ALLOWANCE), "unheard_of", 1))


@pytest.mark.usefixtures("catalogue")
def test_importing_tells_what_it_did():
    folder = Path(ALLOWANCE).parent
    assert "可以发布　高龄老人津贴申领 V1" in run("import_matters", folder, "--dry-run")
    assert Matter.objects.count() == 0
    assert "已发布　高龄老人津贴申领 V1" in run("import_matters", folder)
    assert "没有变化　高龄老人津贴申领 V1" in run("import_matters", folder)


@pytest.mark.usefixtures("catalogue")
def test_importing_names_file_and_path_and_fails(tmp_path):
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(changed(read(ALLOWANCE), "guide.consult_phone", "1")), encoding="utf-8")
    with pytest.raises(CommandError, match=r"wrong\.json　guide\.consult_phone　") as refused:
        run("import_matters", file)
    assert "什么也没有改动" in str(refused.value)
