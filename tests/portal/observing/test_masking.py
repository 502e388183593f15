"""No number that identifies a person passes the log, whatever it stands in; what operators correlate by does."""

from __future__ import annotations

import json
import logging
import uuid
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import ric

from portal.observing import lines, masking, measuring

DIGITS = st.text("0123456789", min_size=1)
SEPARATORS = st.sampled_from(["", " ", "-", "－", "\u3000"])
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
LETTERS = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=20).filter(
    lambda t: not t.endswith("-")
)


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), date(2030, 1, 1)))
    body = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + ric.calc_check_digit(f"{body}0")


MOBILES = st.integers(13_000_000_000, 19_999_999_999).map(str)
ACCOUNTS = st.integers(12, 19).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size))
NUMBERS = st.one_of(resident_ids(), MOBILES, ACCOUNTS)


@st.composite
def written(draw: st.DrawFn) -> str:
    """A number as people and programs write it: plain, in groups, full-width."""
    number = draw(NUMBERS)
    size, gap = draw(st.integers(3, 6)), draw(SEPARATORS)
    text = gap.join(number[at : at + size] for at in range(0, len(number), size))
    return text.translate(WIDE) if draw(st.booleans()) else text


def line_of(record: logging.LogRecord) -> str:
    given = lines.configuration(level="INFO", plain=False)["formatters"]["line"]
    return given["()"](foreign_pre_chain=given["foreign_pre_chain"], processors=given["processors"]).format(
        record
    )


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("portal.test", logging.INFO, __file__, 1, message, args, None)
    made.__dict__.update(extra)
    return made


@given(before=LETTERS, number=written(), after=LETTERS)
@example(before="号码", number="440507194008209980", after="的申请")
@example(before="id", number="44050719400820998X", after="x")
def test_no_number_of_a_person_passes(before: str, number: str, after: str) -> None:
    if after[:1] in {*"xXｘＸ"}:
        after = f"，{after}"
    assert masking.masked(f"{before}{number}{after}").count(masking.MARK) == 1
    assert number not in masking.masked(f"{before}{number}{after}")


@given(number=written())
def test_nor_in_any_part_of_a_line(number: str) -> None:
    nested = {"kind": [number, {"deep": (number,)}], number: 1}
    for made in (
        record("told %s", number),
        record(f"told {number}"),
        record("told", code=nested),
        record("told", route=number, user=int("1" + "0" * 11)),
        record("%(who)s", {"who": number}),
    ):
        line = line_of(made)
        assert number not in line
        assert masking.MARK in json.dumps(json.loads(line), ensure_ascii=False)


@given(number=written())
def test_nor_in_an_exception(number: str) -> None:
    made = record("failed")
    try:
        raise ValueError(f"no such person: {number}")
    except ValueError as error:
        made.exc_info = (ValueError, error, error.__traceback__)
    line = line_of(made)
    assert number not in line
    assert "ValueError" in line


@pytest.mark.parametrize(
    "message",
    [
        'duplicate key value violates unique constraint "x"\nDETAIL:  Key (name)=(陈秀英) already exists.',
        "syntax error\nLINE 1: SELECT 1 WHERE name = '陈秀英'\n               ^\nHINT:  陈秀英",
        "1 validation error\n  Input should be a date [type=date, input_value='陈秀英', input_type=str]",
    ],
)
def test_what_libraries_say_of_values_is_left_out(message: str) -> None:
    told = line_of(record("%s", message))
    assert "陈秀英" not in told
    assert message.split("\n", maxsplit=1)[0].split('"', maxsplit=1)[0] in json.loads(told)["event"]


KEPT = [
    "4405072026112000001234"[:20],
    str(uuid.UUID(int=12345678901234567890123456789012)),
    "2026-11-20 10:15:30",
    "LH2026000001",
    "8.3 ms",
    "127.0.0.1",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_operators_correlate_by_stays(text: str) -> None:
    assert masking.masked(f"看 {text} 完") == f"看 {text} 完"


@given(st.integers(10**19, 10**20 - 1))
def test_every_case_reference_stays(number: int) -> None:
    assert masking.masked(f"deciding {number} failed") == f"deciding {number} failed"


def test_a_line_that_needed_it_is_counted() -> None:
    before = measuring.MASKED._value.get()
    line_of(record("fine"))
    assert measuring.MASKED._value.get() == before
    line_of(record("13800138000"))
    assert measuring.MASKED._value.get() == before + 1
