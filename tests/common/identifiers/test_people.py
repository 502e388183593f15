from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from common.identifiers import (
    InvalidIdentifier,
    Sex,
    mask_id,
    mask_mobile,
    mask_name,
    mobile,
    resident_id,
    tidy,
)
from common.identifiers.people import PROVINCES

VALID = {
    "11010519491231002X": ("1949-12-31", Sex.FEMALE),
    "440524188001010014": ("1880-01-01", Sex.MALE),
    "34052419800101001X": ("1980-01-01", Sex.MALE),
    "360426199101010071": ("1991-01-01", Sex.MALE),
    "110102199101010078": ("1991-01-01", Sex.MALE),
    "440507193403159997": ("1934-03-15", Sex.MALE),
    "440507194608209980": ("1946-08-20", Sex.FEMALE),
    "440507198811029975": ("1988-11-02", Sex.MALE),
    "440507199506069967": ("1995-06-06", Sex.FEMALE),
    "440507200401319953": ("2004-01-31", Sex.MALE),
    "445281199009019944": ("1990-09-01", Sex.FEMALE),
}


def number_of(province: str, born: date, order: int) -> str:
    body = f"{province}0507{born:%Y%m%d}{order:03d}"
    return body + ric.calc_check_digit(body + "0")


numbers = st.builds(
    number_of,
    st.sampled_from(sorted(PROVINCES)),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
)


@pytest.mark.parametrize("number", VALID)
def test_published_valid_numbers(number: str) -> None:
    birth_date, sex = VALID[number]
    found = resident_id(number)
    assert (found.number, found.birth_date.isoformat(), found.sex) == (number, birth_date, sex)


@pytest.mark.parametrize(
    ("number", "reason", "says"),
    [
        ("36042619910102009X", "check", "逐位核对"),
        ("360426199113010079", "date", "出生日期"),
        ("990426199112010074", "province", "省份"),
        ("T60426199101010078", "characters", "数字"),
        ("12345", "length", "公民身份号码应为 18 位，最后一位可以是 X"),
        ("", "length", "18 位"),
        ("360426910101007", "old_form", "15 位"),
        ("4405072099010199XX", "characters", "数字"),
        ("44050719880230997X", "date", "出生日期"),
    ],
)
def test_published_invalid_numbers(number: str, reason: str, says: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        resident_id(number)
    assert caught.value.reason == reason
    assert says in caught.value.message


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", " 110105 19491231 002x ", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_how_people_type_it(typed: str) -> None:
    assert resident_id(typed).number == "11010519491231002X"


def test_a_birth_date_in_the_future_is_refused() -> None:
    number = number_of("44", date(2026, 11, 22), 990)
    with pytest.raises(InvalidIdentifier) as caught:
        resident_id(number, on=date(2026, 11, 21))
    assert caught.value.reason == "future"
    assert resident_id(number, on=date(2026, 11, 22)).birth_date == date(2026, 11, 22)


@given(numbers)
def test_every_made_number_is_accepted_and_read(number: str) -> None:
    found = resident_id(number)
    assert found.birth_date.strftime("%Y%m%d") == number[6:14]
    assert (found.sex is Sex.MALE) == (int(number[16]) % 2 == 1)


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_changed_digit_is_caught(number: str, place: int, digit: str) -> None:
    changed = number[:place] + digit + number[place + 1 :]
    if changed == number:
        return
    with pytest.raises(InvalidIdentifier):
        resident_id(changed)


@given(numbers, st.integers(0, 15))
def test_two_neighbours_exchanged_are_caught(number: str, place: int) -> None:
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if changed == number:
        return
    with pytest.raises(InvalidIdentifier):
        resident_id(changed)


def message_of(check: Callable[[str], object], text: str) -> str:
    """Return the message a text is refused with; a text that is accepted is named so."""
    try:
        check(text)
    except InvalidIdentifier as error:
        return error.message
    return "接受"


@given(st.text(max_size=40))
def test_any_text_is_answered_in_chinese_and_not_repeated(text: str) -> None:
    for check in (resident_id, mobile):
        message = message_of(check, text)
        assert not message.isascii()
        assert len(tidy(text)) < 6 or tidy(text) not in message


def test_the_number_is_not_shown_by_accident() -> None:
    assert "194912310" not in repr(resident_id("11010519491231002X"))


@pytest.mark.parametrize("typed", ["13800138000", "15900000000", "17000000000", "19912345678", "16600000000"])
def test_valid_mobiles(typed: str) -> None:
    assert mobile(typed) == typed


@pytest.mark.parametrize(
    "typed", ["+8613800138000", "8613800138000", "138 0013 8000", "138-0013-8000", "+86 138 0013 8000"]
)
def test_how_people_type_a_mobile(typed: str) -> None:
    assert mobile(typed) == "13800138000"


@pytest.mark.parametrize(
    "typed", ["12800138000", "1380013800", "138001380000", "+1 3800138000", "", "8613800", "+8612800138000"]
)
def test_invalid_mobiles(typed: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        mobile(typed)
    assert "11 位" in caught.value.message


def test_masks() -> None:
    assert mask_id("440507194608209980") == "440507********9980"
    assert mask_id("1234") == "****"
    assert mask_name("陈秀英") == "陈*英"
    assert mask_name("陈英") == "陈*"
    assert mask_name("欧阳秀英") == "欧**英"
    assert mask_name("") == ""
    assert mask_mobile("13800138000") == "138****8000"
    assert mask_mobile("123") == "***"


@given(
    numbers, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text("陈秀英欧阳", min_size=2, max_size=5)
)
def test_a_mask_hides_what_identifies(number: str, phone: str, name: str) -> None:
    assert mask_id(number) == number[:6] + "*" * 8 + number[14:]
    assert mask_mobile(phone) == phone[:3] + "*" * 4 + phone[7:]
    assert mask_name(name).count("*") >= 1
