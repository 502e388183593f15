"""A vocabulary is strict, consistent, and comes back from JSON unchanged."""

from typing import Any

import pytest

from rules import FactType, InvalidTree, SourceKind, dump_vocabulary, parse_vocabulary
from tests.rules.making import VOCABULARY

PLAIN = {"name": "form.a", "type": "text", "label": "甲"}


@pytest.mark.parametrize(
    ("document", "part"),
    [
        ({"facts": []}, "不认识的键"),
        ({"specs": [PLAIN | {"type": "float"}]}, "不认识的写法"),
        ({"specs": [PLAIN | {"label": ""}]}, "不能为空"),
        ({"specs": [PLAIN | {"name": "a"}]}, "名称写法不符合规定"),
        ({"specs": [PLAIN | {"name": "derived.a"}]}, "只能在 derived 里声明：derived.a"),
        ({"specs": [PLAIN, PLAIN]}, "数据项重复：form.a"),
        ({"specs": [PLAIN | {"type": "list"}]}, "列表要写 fields"),
        ({"specs": [PLAIN | {"fields": {}}]}, "列表要写 fields"),
        (
            {"specs": [PLAIN | {"type": "list", "fields": {"x": {"type": "list", "label": "乙"}}}]},
            "不能再是列表",
        ),
        (
            {"derived": [{"name": "derived.a", "kind": "age", "of": "form.a", "label": "龄"}]},
            "derived.a 的来源不在前面",
        ),
        ({"language": 3}, "条件语言的版本不受支持"),
        ([], "应为对象"),
    ],
)
def test_faults_are_named(document: Any, part: str) -> None:
    with pytest.raises(InvalidTree) as caught:
        parse_vocabulary(document)
    assert part in str(caught.value)


def test_it_comes_back_unchanged_even_after_use() -> None:
    document = dump_vocabulary(VOCABULARY)
    again = parse_vocabulary(document)
    assert (document["language"], document["version"]) == (2, "1")
    assert dump_vocabulary(again) == document
    assert again.by_name == VOCABULARY.by_name
    assert again == VOCABULARY


def test_derived_facts_have_computed_types_and_units() -> None:
    age, city = VOCABULARY.by_name["derived.age"], VOCABULARY.by_name["derived.city"]
    assert (age.type, age.unit, age.source_label) == (FactType.INTEGER, "周岁", "居民身份证")
    assert (city.type, city.source_kind) == (FactType.DIVISION, SourceKind.DERIVED)


def test_items_are_looked_up_in_their_list() -> None:
    members = VOCABULARY.by_name["register.family.members"]
    spec = VOCABULARY.get("item.age", within=members)
    assert spec is not None
    assert spec.label == "年龄"
    assert VOCABULARY.get("item.age") is None
    assert VOCABULARY.get("item.nothing", within=members) is None
    assert VOCABULARY.get("form.nothing") is None
