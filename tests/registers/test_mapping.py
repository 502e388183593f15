"""Another's answer read as ours, as data says; whatever data does not say has failed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers import answering, defining
from registers.calling import Reply
from registers.models import Register
from rules.language.invalid import InvalidTree

PROVINCE: dict[str, Any] = {
    "name": "province",
    "label": "省级登记",
    "provider": "某厅",
    "basis": "依据",
    "path": "/x",
    "key": {"id": "applicant.id_number"},
    "fields": {
        "dead": {"type": "boolean", "label": "死亡登记"},
        "since": {"type": "date", "label": "日期"},
        "count": {"type": "integer", "label": "项数"},
        "kind": {"type": "code", "label": "类别", "codes": {"a": "甲", "b": "乙"}},
        "places": {"type": "list", "label": "地方", "fields": {"city": {"type": "text", "label": "城市"}}},
        "note": {"type": "text", "label": "说明"},
    },
    "no_hit": {"dead": False},
    "answer": {
        "hit": {"at": "head.code", "found": ["200"], "missing": ["404", 0]},
        "values": "data.0",
        "fields": {
            "dead": {"at": "SWBZ", "codes": {"1": True, "0": False}},
            "since": {"at": "RQ", "date": "%Y%m%d"},
            "count": {"at": "SL", "number": True},
            "kind": {"at": "LB.DM", "codes": {"01": "a", "02": "b"}},
            "places": {"at": "DD", "fields": {"city": {"at": "CS"}}},
        },
    },
}
ROW: dict[str, Any] = {
    "SWBZ": "1",
    "RQ": "20240229",
    "SL": "12",
    "LB": {"DM": "02"},
    "DD": [{"CS": "甲市", "more": 1}, {}],
    "note": "x",
    "other": "not taken",
}
OURS = {
    "dead": True,
    "since": "2024-02-29",
    "count": 12,
    "kind": "b",
    "places": [{"city": "甲市"}, {"city": None}],
    "note": "x",
    "found": True,
}


def register() -> Register:
    return Register(**defining.parse(PROVINCE).model_dump())


def read(document: object, status: int = 200) -> answering.Content:
    return answering.read(Reply(status, json.dumps(document).encode()), register=register())


def said(**changes: Any) -> dict[str, Any]:
    return {"head": {"code": "200"}, "data": [{**ROW, **changes}], "trace": "…"}


def test_a_hit_is_read_in_our_words() -> None:
    found = read(said())
    assert (str(found.outcome), found.values, found.error) == ("hit", OURS, "")


@pytest.mark.parametrize("code", ["404", 0])
def test_a_no_hit_proves_what_is_declared(code: object) -> None:
    found = read({"head": {"code": code}, "data": []})
    assert (str(found.outcome), found.values) == ("no_hit", {"dead": False, "found": False})


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"head": {"code": 200}, "data": [ROW]}, "返回内容不是查到或未查到"),  # a number is no text
        ({"head": {"code": False}, "data": [ROW]}, "返回内容不是查到或未查到"),  # and false is not 0
        ({"head": {"code": "500"}}, "返回内容不是查到或未查到"),
        ({"data": [ROW]}, "返回内容不是查到或未查到"),
        ({"hit": False}, "返回内容不是查到或未查到"),
        ({"head": {"code": "200"}, "data": []}, "返回内容缺少字段"),
        ({"head": {"code": "200"}, "data": {"0": 5}}, "返回内容缺少字段"),
        ({"head": {"code": "200"}, "data": [{}]}, "返回内容缺少字段“死亡登记”"),
        (said(SWBZ="2"), "字段“死亡登记”的类型不对"),
        (said(SWBZ=[]), "字段“死亡登记”的类型不对"),
        (said(RQ="2024-02-29"), "字段“日期”的类型不对"),
        (said(RQ="20230229"), "字段“日期”的类型不对"),
        (said(RQ=20240229), "字段“日期”的类型不对"),
        (said(RQ="２０２４０２２９"), "字段“日期”的类型不对"),
        (said(SL="1.5"), "字段“项数”的类型不对"),
        (said(SL="１２"), "字段“项数”的类型不对"),
        (said(SL=" 1"), "字段“项数”的类型不对"),
        (said(SL=True), "字段“项数”的类型不对"),
        (said(LB={"DM": "03"}), "字段“类别”的类型不对"),
        (said(LB="02"), "返回内容缺少字段“类别”"),
        (said(DD="甲市"), "字段“地方”的类型不对"),
        (said(DD=["甲市"]), "字段“地方”的类型不对"),
        (said(note=5), "字段“说明”的类型不对"),
    ],
)
def test_what_data_does_not_say_has_failed(document: object, error: str) -> None:
    found = read(document)
    assert (str(found.outcome), found.values, found.error) == ("failed", {}, error)


def test_empty_is_known_to_be_empty_and_a_number_may_come_as_one() -> None:
    found = read(said(SWBZ=0, RQ="", SL=3, LB={"DM": None}))
    assert [found.values[name] for name in ("dead", "since", "count", "kind")] == [False, None, 3, None]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "0", "1", "200", "404", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["head", "code", "data", "0", "SWBZ", "RQ", "hit"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_answer_breaks_the_reading(document: object) -> None:
    found = read(document)
    assert str(found.outcome) in {"no_hit", "failed"}


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        ({"fields": {"nothing": {"at": "X"}}}, "answer.fields.nothing"),
        ({"fields": {"dead": {"codes": {"1": "yes"}}}}, "answer.fields.dead.codes.1"),
        ({"fields": {"kind": {"codes": {"1": "c"}}}}, "answer.fields.kind.codes.1"),
        ({"fields": {"dead": {"date": "%Y%m%d"}}}, "answer.fields.dead.date"),
        ({"fields": {"since": {"date": "%Y%m"}}}, "answer.fields.since.date"),
        ({"fields": {"since": {"date": "%Y%m%d%H"}}}, "answer.fields.since.date"),
        ({"fields": {"since": {"date": "%Y %m %d"}}}, "answer.fields.since.date"),
        ({"fields": {"note": {"number": True}}}, "answer.fields.note.number"),
        ({"fields": {"count": {"number": True, "codes": {"1": 1}}}}, "answer.fields.count"),
        ({"fields": {"dead": {"fields": {"x": {}}}}}, "answer.fields.dead.fields"),
        ({"fields": {"places": {"fields": {"town": {}}}}}, "answer.fields.places.fields.town"),
        ({"fields": {"dead": {"at": "a..b"}}}, "answer.fields.dead.at"),
        ({"fields": {"dead": {"from": "a"}}}, "answer.fields.dead.from"),
        ({"hit": {"at": "a", "found": ["1"], "missing": ["1"]}}, "answer.hit.missing"),
        ({"hit": {"at": "a", "found": []}}, "answer.hit.found"),
        ({"value": "x"}, "answer.value"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(answer: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidTree) as refused:
        defining.parse({**PROVINCE, "answer": answer})
    assert path in [where for where, _ in refused.value.problems]
