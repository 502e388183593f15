"""What a glance takes, the close look takes too, and leaves as it is; cells are split where CSV splits them."""

from __future__ import annotations

import copy
import csv
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certificates import schemas
from certificates.stocking.files import columns, fitting
from certificates.stocking.files.columns import BadCell

SPECS = schemas.parse(
    "card",
    {
        "text": {"type": "text", "label": "文字"},
        "place": {"type": "division", "label": "所在地"},
        "whole": {"type": "integer", "label": "数量"},
        "amount": {"type": "money", "label": "金额"},
        "day": {"type": "date", "label": "日期"},
        "yes": {"type": "boolean", "label": "是否"},
        "code": {"type": "code", "label": "等级", "codes": {"a": "甲", "b": "乙", "c": "乙"}},
        "people": {"type": "list", "label": "成员", "fields": {"name": {"type": "text", "label": "姓名"}}},
    },
)
LOOKS = {name: fitting.look(spec) for name, spec in SPECS.items()}
CLOSE = [
    "1.50", "-3", "1e5", "NaN", "１２", "2020-01-31", "2020-02-30", "20200131", "2020-W01-1", "a", "甲",
    "x\x00", "x\ny", "\u2028", "", 0, -1, 2**53, True, 1.5, None, [{"name": "陈"}], [{"name": "\x01"}], {},
]  # fmt: skip
VALUES = st.sampled_from(CLOSE) | st.text(max_size=8) | st.integers() | st.dates().map(str)


@given(name=st.sampled_from(sorted(SPECS)), value=VALUES)
def test_what_a_glance_takes_the_close_look_leaves_as_it_is(name: str, value: Any) -> None:
    if LOOKS[name](value):
        given_value = {name: copy.deepcopy(value)}
        fitting.closely(given_value, specs=SPECS)
        assert given_value == {name: value}
        assert type(given_value[name]) is type(value)


@given(values=st.dictionaries(st.sampled_from([*SPECS, "other"]), VALUES))
def test_with_and_without_a_glance_the_end_is_the_same(values: dict[str, Any]) -> None:
    quick, close = copy.deepcopy(values), copy.deepcopy(values)
    told: list[str] = []
    for one, look in ((quick, LOOKS), (close, {})):
        try:
            fitting.require(one, specs=SPECS, looks=look)
            told.append("")
        except BadCell as error:
            told.append(str(error))
    assert told[0] == told[1]
    if not told[0]:
        assert quick == close


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "陈"),
        ("place", "440507003"),
        ("whole", 3),
        ("amount", "0.50"),
        ("day", "2020-02-29"),
        ("code", "a"),
    ],
)
def test_what_is_usual_is_seen_at_a_glance(name: str, value: Any) -> None:
    assert LOOKS[name](value)


@given(st.text(st.sampled_from("ab证,\t'\"\r\n\0 =+"), min_size=1, max_size=12), st.sampled_from(",\t"))
@example("a,b", ",")
@example("'=1,b", ",")
def test_cells_are_those_of_the_csv_reader(line: str, delimiter: str) -> None:
    given_rows: list[list[str]] = []
    with suppress(csv.Error):
        given_rows = list(csv.reader([line], strict=True, delimiter=delimiter))
    if len(given_rows) != 1:
        with pytest.raises(BadCell):
            columns.cells(line, delimiter=delimiter)
    else:
        wanted = [columns.unguarded(cell) for cell in given_rows[0]]
        assert columns.cells(line, delimiter=delimiter) == wanted


def test_the_first_code_of_a_word_is_meant() -> None:
    read = columns.reader(SPECS["code"])
    assert read is not None
    assert [read(cell) for cell in ("a", "甲", "乙", "丙")] == ["a", "a", "b", "丙"]
