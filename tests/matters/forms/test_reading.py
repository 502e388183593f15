from __future__ import annotations

import contextlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters.forms import reading
from matters.forms.reading import Unreadable

DAY = date(2026, 1, 5)
DAYS = st.dates(min_value=date(1800, 1, 1), max_value=date(2200, 1, 1))
FULL_WIDTH = str.maketrans("0123456789-.", "０１２３４５６７８９－．")


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05",
        "2026-1-5",
        "2026.1.5",
        "2026/1/5",
        "20260105",
        "2026年1月5日",
        "2026年01月05号",
        "2026 年 1 月 5 日",
        "２０２６－０１－０５",
        "２０２６年１月５日",
        " 2026-01-05 ",
        "2026。1。5".replace("。", "．"),
        "2026年1月5",
    ],
)
def test_dates_as_people_write_them(text):
    assert reading.read_date(text, label="日期") == DAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "昨天",
        "2026",
        "2026-1",
        "26-1-5",
        "5/1/2026",
        "2026-01-05T00:00",
        "2026105",
        "二〇二六年一月五日",
        "2026-1.5-",
    ],
)
def test_what_is_no_date_says_how_to_write_one(text):
    with pytest.raises(Unreadable) as refused:
        reading.read_date(text, label="迁入日期")
    assert refused.value.message == "迁入日期请写成“年-月-日”，例如 2026-01-05"


@pytest.mark.parametrize("text", ["2026-02-30", "2025年2月29日", "20261301", "2026.0.5"])
def test_a_day_that_does_not_exist_is_named(text):
    with pytest.raises(Unreadable, match="这一天"):
        reading.read_date(text, label="日期")


def test_a_day_after_today_is_refused_only_where_it_may_not_be():
    tomorrow = DAY + timedelta(days=1)
    assert reading.read_date(tomorrow.isoformat(), label="日期") == tomorrow
    assert reading.read_date(DAY.isoformat(), label="日期", not_after=DAY) == DAY
    with pytest.raises(Unreadable, match="不能晚于今天"):
        reading.read_date(tomorrow.isoformat(), label="出生日期", not_after=DAY)


@given(DAYS)
def test_every_day_in_every_way_of_writing(day):
    ways = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
    ]
    ways += [way.translate(FULL_WIDTH) for way in ways]
    assert {reading.read_date(way, label="日期") for way in ways} == {day}


@given(st.text(max_size=40))
def test_nothing_but_a_refusal_comes_out_of_any_text(text):
    for read in (
        reading.read_integer,
        reading.read_money,
        reading.read_mobile,
        reading.read_business_name,
        reading.read_date,
    ):
        with contextlib.suppress(Unreadable):
            assert read(text, label="项目") is not None


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("１２", 12), ("1,200", 1200), ("1，200", 1200), (" 7 ", 7), ("0", 0)]
)
def test_whole_numbers(text, number):
    assert reading.read_integer(text, label="数量") == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", "abc", "一", "1e3", "9" * 30, "5²"])
def test_what_is_no_whole_number(text):
    with pytest.raises(Unreadable):
        reading.read_integer(text, label="数量")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("100", "100"), ("100.5", "100.5"), ("￥1,200.00", "1200.00"), ("１００元", "100"), ("¥0.01", "0.01")],
)
def test_amounts(text, amount):
    assert reading.read_money(text, label="金额") == Decimal(amount)


@pytest.mark.parametrize("text", ["", "-1", "1.234", "NaN", "Infinity", "1e3", "9" * 20, "..", "1.", "十元"])
def test_what_is_no_amount(text):
    with pytest.raises(Unreadable):
        reading.read_money(text, label="金额")


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "8613800138000",
        "１３８００１３８０００",
    ],
)
def test_mobile_numbers(text):
    assert reading.read_mobile(text, label="手机号码") == "13800138000"


@pytest.mark.parametrize(("text", "length"), [("159 0000 000", 10), ("138001380001", 12), ("1", 1)])
def test_a_mobile_number_of_another_length_says_how_long_it_is(text, length):
    with pytest.raises(Unreadable) as refused:
        reading.read_mobile(text, label="紧急联系人手机号码")
    assert refused.value.message == f"紧急联系人手机号码应为 11 位，现在是 {length} 位"


@pytest.mark.parametrize("text", ["12800138000", "abc", "1380013800a"])
def test_other_wrong_mobile_numbers(text):
    with pytest.raises(Unreadable, match="手机"):
        reading.read_mobile(text, label="手机号码")


def test_resident_numbers_are_normalised_or_explained():
    assert (
        reading.read_resident_id("１１０１０５１９４９１２３１００２x", label="号码", on=DAY)
        == "11010519491231002X"
    )
    with pytest.raises(Unreadable, match="出生日期"):
        reading.read_resident_id("360426199113010079", label="号码", on=DAY)


@pytest.mark.parametrize(
    "name", ["示例市龙湖区阿强食品店", "A1 号店".replace(" ", ""), "阿英·小吃（长平路）店"]
)
def test_business_names(name):
    assert reading.read_business_name(f" {name} ", label="名称") == name


@pytest.mark.parametrize("name", ["", "店", "店" * 61, "店<script>", "食品\n店", "100% 好店"])
def test_wrong_business_names(name):
    with pytest.raises(Unreadable):
        reading.read_business_name(name, label="名称")


@pytest.mark.parametrize(
    "text", ["6217 0001 2345 6789", "６２１７０００１２３４５６７８９", "6217-0001-2345-6789"]
)
def test_a_bank_account_is_read_as_printed(text: str) -> None:
    assert reading.read_bank_account(text, label="银行账号") == "6217000123456789"


@pytest.mark.parametrize("text", ["abc'--", "1234567", "1" * 29, "6217 0001 2345 678x", ""])
def test_what_is_no_bank_account_is_refused_with_words(text: str) -> None:
    with pytest.raises(reading.Unreadable, match="应为 8 至 28 位数字"):
        reading.read_bank_account(text, label="银行账号")


AREA, FORMS = ("示例市龙湖区", "龙湖区"), ("店", "馆", "工作室")


@pytest.mark.parametrize(
    "text", ["示例市龙湖区阿英食品店", "龙湖区林记修理馆", "龙湖区小林影像工作室", "龙湖区A1服装店"]
)
def test_a_business_name_has_place_own_name_trade_and_form(text: str) -> None:
    assert reading.read_business_name(text, label="名称", begins_with=AREA, ends_with=FORMS) == text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("12", "不能只写数字"),
        ("12345678（））（", "不能只写数字"),
        ("阿英食品店", "行政区划开头"),
        ("龙湖区阿英食品", "组织形式结尾"),
        ("龙湖区店", "字号和行业"),
        ("示例市龙湖区阿店", "字号和行业"),
        ("龙湖区阿英食品店；drop", "只能用汉字"),
    ],
)
def test_what_is_no_business_name_is_refused_with_an_example(text: str, word: str) -> None:
    with pytest.raises(reading.Unreadable, match=word):
        reading.read_business_name(text, label="名称", begins_with=AREA, ends_with=FORMS)
