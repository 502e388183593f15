"""Every condition survives the form: tree → rows → fields → rows → tree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.builder import building, posting
from portal.catalogue.builder.building import Box, Line, Raw
from rules import FactSpec

LISTED = FactSpec.model_validate(
    {
        "name": "cert.household.members",
        "type": "list",
        "label": "家庭成员",
        "fields": {"age": {"type": "integer", "label": "年龄"}, "name": {"type": "text", "label": "姓名"}},
    }
)
FACTS = {
    spec.name: spec
    for spec in (
        FactSpec.model_validate({"name": "applicant.name", "type": "text", "label": "姓名"}),
        FactSpec.model_validate({"name": "derived.age", "type": "integer", "label": "年龄", "unit": "周岁"}),
        FactSpec.model_validate({"name": "form.amount", "type": "money", "label": "金额"}),
        FactSpec.model_validate({"name": "form.day", "type": "date", "label": "日期"}),
        FactSpec.model_validate({"name": "form.agreed", "type": "boolean", "label": "同意"}),
        FactSpec.model_validate(
            {
                "name": "applicant.sex",
                "type": "code",
                "label": "性别",
                "codes": {"male": "男", "female": "女"},
            }
        ),
        FactSpec.model_validate({"name": "cert.household.division", "type": "division", "label": "户籍"}),
        LISTED,
    )
}
NAMES = [*FACTS, "register.nobody.knows", "item.age", "item.name", ""]


def around(tree: Any) -> Any:
    box = building.opened(tree, facts=FACTS)
    sent = posting.fields(box, name="c")
    return building.closed(posting.posted(sent, name="c", facts=FACTS), facts=FACTS)


def conditions_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (value[key] for key in ("condition", "when", "visible_when") if key in value)
        for part in value.values():
            yield from conditions_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from conditions_in(part)


@pytest.mark.parametrize("path", sorted(Path("data/matters").glob("*.json")), ids=lambda path: path.stem)
def test_every_condition_of_the_catalogue_comes_back(path: Path) -> None:
    found = list(conditions_in(json.loads(path.read_text(encoding="utf-8"))))
    assert found
    for tree in found:
        assert around(tree) == tree


VALUES = st.one_of(
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.text(max_size=8),
    st.lists(st.one_of(st.integers(0, 99), st.text(max_size=4)), max_size=3),
    st.none(),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
OPS = st.sampled_from(
    ["eq", "ne", "ge", "in", "not_in", "within", "present", "absent", "same_as", "", "what"]
)
ROWS = st.fixed_dictionaries(
    {"fact": st.sampled_from(NAMES)},
    optional={"op": OPS, "value": VALUES, "other": st.sampled_from(NAMES), "strange": st.just(1)},
)


def grown(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    groups = [st.fixed_dictionaries({key: st.lists(parts, max_size=3)}) for key in ("all", "any")]
    lists = [
        st.fixed_dictionaries({key: st.sampled_from(NAMES)}, optional={"where": parts})
        for key in ("some", "every", "none")
    ]
    count = st.fixed_dictionaries(
        {"count": st.just(LISTED.name)}, optional={"where": parts, "op": OPS, "value": VALUES}
    )
    return st.one_of(*groups, st.fixed_dictionaries({"not": parts}), *lists, count)


TREES = st.recursive(st.one_of(ROWS, VALUES), grown, max_leaves=5)


def meaning(tree: Any) -> Any:
    """Return the tree without what a form cannot tell apart: no condition and an empty one."""
    return None if tree in (None, {}) else tree


@given(TREES)
def test_any_tree_comes_back(tree: Any) -> None:
    if tree in ("", []):
        return
    assert around(tree) == meaning(tree)


@given(
    st.dictionaries(
        st.from_regex(r"\Ac(-[0-2w]){0,3}:(kind|n|fact|op|value|was|amount|against|other|text|not)\Z"),
        st.lists(
            st.sampled_from(["", "1", "3", "99999", "row", "all", "raw", "only", "x", *NAMES, "in", "{"]),
            max_size=3,
        ),
        max_size=20,
    )
)
def test_whatever_is_posted_is_read(form: dict[str, list[str]]) -> None:
    box = posting.posted(form, name="c", facts=FACTS)
    tree = building.closed(box, facts=FACTS)
    json.dumps(tree)
    assert building.size(tree) < 10_000


def test_a_new_fact_lets_go_of_what_does_not_fit_it() -> None:
    sent = {"c:kind": ["only"], "c:n": ["1"], "c-0:kind": ["row"], "c-0:op": ["ge"], "c-0:value": ["80"]}
    sent |= {"c-0:was": ["derived.age"], "c-0:fact": ["form.day"]}
    assert building.closed(posting.posted(sent, name="c", facts=FACTS), facts=FACTS) == {"fact": "form.day"}
    kept = sent | {"c-0:fact": ["derived.age"]}
    assert building.closed(posting.posted(kept, name="c", facts=FACTS), facts=FACTS)["value"] == 80


def test_a_list_asks_of_how_many_records() -> None:
    sent = {"c:kind": ["only"], "c:n": ["1"], "c-0:kind": ["row"], "c-0:fact": [LISTED.name]}
    tree = building.closed(posting.posted(sent, name="c", facts=FACTS), facts=FACTS)
    assert tree == {"some": LISTED.name}


def test_buttons_add_move_and_remove() -> None:
    box = Box("")
    assert building.act(box, what="row", at="c", name="c") == "c-0"
    assert box.kind == "only"
    assert building.act(box, what="group", at="c", name="c") == "c-1"
    assert box.kind == "all"
    assert building.act(box, what="row", at="c-1", name="c") == "c-1-1"
    assert building.act(box, what="up", at="c-1", name="c") == "c-0"
    assert isinstance(box.parts[0], Box)
    assert building.act(box, what="remove", at="c-0", name="c") == "c-0"
    assert box.parts == [Line()]
    for strange in ("c-9", "c-x", "d", "c-0-w-1"):
        building.act(box, what="remove", at=strange, name="c")
    assert box.parts == [Line()]


def test_what_no_row_says_stays_as_json() -> None:
    box = building.opened({"not": {"not": {"fact": "form.agreed", "op": "eq", "value": True}}}, facts=FACTS)
    assert isinstance(box.parts[0], Raw)


def test_bottomless_json_stays_text() -> None:
    for text in ("[" * 300 + "]" * 300, '{"not":' * 200 + "1" + "}" * 200, "[" * 100_000, "{", "NaN2"):
        assert building.from_json(text) == text


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("derived.age", "８０", 80),
        ("derived.age", "1,000", 1000),
        ("derived.age", "1,00", "1,00"),
        ("form.amount", "１,０００.５0", "1000.50"),
        ("form.amount", " 100 ", "100"),
        ("form.day", "２０２６-11-20", "2026-11-20"),
        ("applicant.name", "１００", "１００"),
    ],
)
def test_numbers_are_read_as_people_write_them(name: str, typed: str, meant: object) -> None:
    form = {"c:kind": ["only"], "c:n": ["1"], "c-0:kind": ["row"], "c-0:fact": [name], "c-0:was": [name]}
    form |= {"c-0:op": ["eq"], "c-0:value": [typed]}
    box = posting.posted(form, name="c", facts=FACTS)
    assert building.closed(box, facts=FACTS) == {"fact": name, "op": "eq", "value": meant}


def test_comparing_with_another_fact_stays_chosen_before_it_is_named() -> None:
    form = {"c:kind": ["only"], "c:n": ["1"], "c-0:kind": ["row"], "c-0:fact": ["derived.age"]}
    form |= {"c-0:was": ["derived.age"], "c-0:op": ["ge"], "c-0:against": ["1"], "c-0:value": ["80"]}
    tree = building.closed(posting.posted(form, name="c", facts=FACTS), facts=FACTS)
    (line,) = building.opened(tree, facts=FACTS).parts
    assert isinstance(line, building.Line)
    assert line.against
    assert line.other == ""
