from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest

from matters.format.package import parse_package
from matters.freezing import freeze
from matters.writing.comparing import Item, Section, Side, compare, counted
from tests.matters.documents import ALLOWANCE, DATA, SHIPPED, changed, filed, read

LOOSE = {"填写的问题", "办理结果"}  # patterns and codes of their own
SOURCES = filed()


def side(content: dict[str, Any], title: str = "V1") -> Side:
    package = parse_package(content)
    return Side(title, content, freeze(package, sources=SOURCES.and_of([package])))


def changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, list[Item]]:
    sections = compare(side(old), Side("草稿", new))
    return {section.title: list(section.changes) for section in sections if section.changes}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_package_is_the_same_as_itself_and_every_part_is_shown(path: Any) -> None:
    content = read(path)
    sections = compare(side(content), side(deepcopy(content), "V2"))
    assert counted(sections) == 0
    by_title = {section.title: section for section in sections}
    assert len(by_title["核验表"].items) == len(content["checks"])
    assert len(by_title["样例"].items) == len(content["examples"])
    assert all(item.kind == "same" and not item.differing for one in sections for item in one.items)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_key_of_the_package_reaches_the_screen(path: Any) -> None:
    """Names of facts, operators and fields are for files; the page says labels."""
    for section in compare(side(read(path)), Side("空", {})):
        for item in section.items:
            for line in item.lines:
                assert not re.findall(r"\b(?:cert|register|applicant|derived|own|form)\.[a-z_]+", line.before)
                assert section.title in LOOSE or not re.findall(r"_[a-z]+", line.before), (item, line)


def test_the_age_is_said_before_and_after() -> None:
    old = read(ALLOWANCE)
    new = deepcopy(old)
    at = next(at for at, check in enumerate(new["checks"]) if check["code"] == "age")
    new["checks"][at] = _with_age(new["checks"][at], 75)
    found = changes(old, new)
    assert list(found) == ["核验表"]
    (item,) = found["核验表"]
    assert (item.kind, item.title, item.verb) == ("changed", old["checks"][at]["name"], "改了")
    (line,) = item.differing
    assert (line.label, "80周岁" in line.before, "75周岁" in line.after) == ("条件", True, True)


def _with_age(value: Any, age: int) -> Any:
    if isinstance(value, dict):
        return {
            key: age if key == "value" and one == 80 else _with_age(one, age) for key, one in value.items()
        }
    return [_with_age(one, age) for one in value] if isinstance(value, list) else value


def test_what_was_added_dropped_and_moved() -> None:
    old = read(ALLOWANCE)
    new = deepcopy(old)
    first, *rest = new["checks"]
    last = rest.pop()
    new["checks"] = [*rest, first, deepcopy(first) | {"code": "twice", "name": "再查一次"}]
    (items,) = changes(old, new).values()
    told = {item.title: item.kind for item in items}
    assert told == {first["name"]: "moved", "再查一次": "added", last["name"]: "removed"}
    added = next(item for item in items if item.kind == "added")
    assert {line.before for line in added.differing} == {""}


def test_rows_of_the_outcome_table_by_their_place() -> None:
    old = read(ALLOWANCE)
    new = deepcopy(old)
    new["outcome"]["rows"][0]["values"]["monthly_amount"] = "600"
    new["outcome"]["rows"].append({"values": new["outcome"]["rows"][0]["values"]})
    (items,) = changes(old, new).values()
    assert [(item.title, item.kind) for item in items] == [("第 1 行", "changed"), ("第 4 行", "added")]
    assert items[1].lines[0].after == "其他情况"


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"checks": None},
        {"checks": [1, {"code": "age"}, {"code": "age", "condition": {"fact": 1}}]},
        {"checks": [{"condition": {"all": []}}], "outcome": [], "form": {"pages": {}}},
        {"guide": [], "uses": "x", "materials": [{}], "examples": [{"facts": [1], "expect": 3}]},
        {"outcome": {"columns": [1], "rows": [{"when": {"op": "?"}}]}, "derived": [{"of": None}]},
    ],
)
def test_what_is_half_written_is_compared_all_the_same(broken: dict[str, Any]) -> None:
    for one, other in (
        (side(read(ALLOWANCE)), Side("草稿", broken)),
        (Side("草稿", broken), side(read(ALLOWANCE))),
    ):
        sections = compare(one, other)
        assert counted(sections) > 0
        assert all(isinstance(section, Section) for section in sections)


def test_a_type_that_is_only_wanted_is_named_by_its_name() -> None:
    old = read(DATA / "matters" / "residence-permit-signing.json")
    at = next(n for n, one in enumerate(old["materials"]) if one.get("certificate_wanted"))
    new = changed(old, f"materials[{at}].certificate_wanted", "property_certificate")
    names = {"property_certificate": "不动产权证书", "student_status_proof": "学籍证明"}
    (section,) = [one for one in compare(side(old), side(new), types=names) if one.changes]
    ((line,),) = [item.differing for item in section.changes]
    assert (line.label, line.before, line.after) == ("最好由哪种证照代替", "学籍证明", "不动产权证书")


def test_another_name_of_a_check_is_said_on_both_sides() -> None:
    old = {"checks": [{"code": "age", "name": "年龄达到要求"}]}
    new = {"checks": [{"code": "age", "name": "够八十岁了"}]}
    (section,) = compare(Side("V1", old), Side("草稿", new))
    (item,) = section.changes
    assert [(line.label, line.before, line.after) for line in item.differing] == [
        ("名称", "年龄达到要求", "够八十岁了")
    ]
