import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import divisions
from common.codelists import code_list
from common.divisions import full_name, local_name


@pytest.mark.parametrize(
    ("code", "area", "answer"),
    [
        ("440507", "440507", True),
        ("440507001", "440507", True),
        ("440507001000", "440507", True),
        ("440507000000", "440507", True),
        ("440507", "440507000000", True),
        ("440507", "440500", True),
        ("440507", "44", True),
        ("440507", "440511", False),
        ("4405", "440507", False),
        ("445281102", "4452", True),
        ("445281102", "4405", False),
        ("440507001001", "440507001", True),
        ("440507010", "440507001", False),
        ("", "440507", False),
        ("龙湖区", "440507", False),
        ("440507", "", False),
        ("44050", "4405", False),
        ("４４０５０７", "440507", False),
    ],
)
def test_lying_within(code: str, area: str, answer: bool) -> None:
    assert divisions.within(code, area) is answer


@given(st.sampled_from(sorted(divisions.all_divisions())))
def test_every_place_lies_within_all_above_it(code: str) -> None:
    place = divisions.all_divisions()[code]
    assert divisions.within(code, code.ljust(12, "0"))
    while place.parent:
        assert divisions.within(code, place.parent)
        assert not divisions.within(place.parent, code)
        place = divisions.all_divisions()[place.parent]


@pytest.mark.parametrize(
    ("code", "name", "full_name"),
    [
        ("440507", "龙湖区", "广东省汕头市龙湖区"),
        ("440507000000", "龙湖区", "广东省汕头市龙湖区"),
        ("440507001", "金霞街道", "广东省汕头市龙湖区金霞街道"),
        ("441900", "东莞市", "广东省东莞市"),
        ("110000", "北京市", "北京市"),
        ("440527", "普宁县", "广东省汕头市普宁县"),
        ("990000", "990000", "990000"),
        ("no code", "no code", "no code"),
    ],
)
def test_names(code: str, name: str, full_name: str) -> None:
    assert divisions.name(code) == name
    assert divisions.full_name(code) == full_name


def test_an_abolished_county_is_known_but_not_in_force() -> None:
    county = divisions.find("440527")
    assert county is not None
    assert county.in_force(date(1985, 1, 1))
    assert not county.in_force(date(2026, 1, 1))
    assert divisions.find("445281") is not None
    assert divisions.find("445281").in_force(date(2026, 1, 1))  # type: ignore[union-attr]


def test_the_table_is_whole() -> None:
    rows = json.loads(divisions.FILE.read_text(encoding="utf-8"))["divisions"]
    codes = [row["code"] for row in rows]
    assert codes == sorted(set(codes))
    for place in divisions.all_divisions().values():
        assert place.level == len(place.code)
        assert place.code.startswith(place.parent)
        assert not place.parent or place.parent in divisions.all_divisions()


def test_the_district_has_its_ten_streets() -> None:
    streets = [place for place in divisions.all_divisions().values() if place.parent == "440507"]
    assert {street.code[-3:] for street in streets} == {
        "001",
        "003",
        "004",
        "005",
        "008",
        "009",
        "010",
        "011",
        "012",
        "013",
    }


def test_code_lists() -> None:
    assert code_list("sex")["1"] == "男"
    assert len(code_list("ethnicity")) == 56
    assert code_list("marital_status")["30"] == "丧偶"
    for name in ("nothing", "../calendar/2026", "divisions/"):
        with pytest.raises(KeyError):
            code_list(name)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("440507003", "龙湖区珠池街道"),
        ("440507", "龙湖区"),
        ("440511", "金平区"),
        ("440103", full_name("440103")),
        ("4405", "广东省汕头市"),
        ("not a code", "not a code"),
    ],
)
def test_people_of_the_city_leave_its_name_out(code: str, text: str) -> None:
    assert local_name(code, home="440507") == text
