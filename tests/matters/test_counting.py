"""Working days are counted once, from a calendar that is known, and then never again."""

from datetime import date
from typing import Any

import pytest

from matters.counting import NO_NOTICE, counted
from rules import (
    Fact,
    PreparedCondition,
    Source,
    SourceKind,
    Truth,
    UnknownReason,
    facts_from_json,
    facts_to_json,
    parse_condition,
    parse_vocabulary,
)

ON = date(2026, 11, 20)
SINCE, UNTIL, BETWEEN = "derived.since", "derived.until", "derived.between"
VOCABULARY = parse_vocabulary(
    {
        "specs": [
            {"name": "cert.a.issued", "type": "date", "label": "签发日期"},
            {"name": "form.start", "type": "date", "label": "开始日期"},
        ],
        "derived": [
            {"name": SINCE, "kind": "workdays_since", "of": "cert.a.issued", "label": "距签发"},
            {"name": UNTIL, "kind": "workdays_until", "of": "form.start", "label": "距开始"},
            {
                "name": BETWEEN,
                "kind": "workdays_since",
                "of": "cert.a.issued",
                "at": "form.start",
                "label": "签发到开始",
            },
        ],
    }
)
SOURCE = Source(SourceKind.CERTIFICATE, "cert.a.issued", "某证", "A-1", 2, "issued")


def known(**changes: Any) -> dict[str, Fact]:
    """National Day of 2026: 1 to 7 October off, 20 September and 10 October worked."""
    facts = {
        "cert.a.issued": Fact.known(date(2026, 9, 30), SOURCE),
        "form.start": Fact.known(date(2026, 11, 27)),
    }
    return facts | {name.replace("__", "."): fact for name, fact in changes.items()}


def test_holidays_and_make_up_days_count_as_the_notice_says() -> None:
    facts = counted(known(), vocabulary=VOCABULARY, on=date(2026, 10, 12))
    assert [facts[name].value for name in (SINCE, UNTIL, BETWEEN)] == [4, 34, 38]
    source = facts[SINCE].source
    assert source is not None
    assert (source.kind, source.name, source.label, source.version) == ("derived", SINCE, "某证", 2)


def test_what_was_counted_is_kept_whatever_the_calendar_says_later() -> None:
    first = counted(known(), vocabulary=VOCABULARY, on=ON)
    stored = facts_from_json(facts_to_json({**first, SINCE: Fact.known(3)}))
    assert counted(stored, vocabulary=VOCABULARY, on=ON)[SINCE].value == 3
    assert counted(stored, vocabulary=VOCABULARY, on=ON, again=True)[SINCE] == first[SINCE]
    condition = PreparedCondition(
        parse_condition({"fact": SINCE, "op": "le", "value": 3}), vocabulary=VOCABULARY
    )
    assert condition.holds(stored, on=ON) is Truth.PASS
    assert condition.holds(first, on=ON) is Truth.FAIL
    assert condition.holds(known(), on=ON) is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cert__a__issued": Fact.unknown(UnknownReason.EXPIRED)}, UnknownReason.EXPIRED),
        ({"cert__a__issued": Fact.known(None)}, UnknownReason.UNREADABLE),
        ({"cert__a__issued": Fact.known("2026-09-30")}, UnknownReason.UNREADABLE),
        ({"cert__a__issued": Fact.known(date(1, 1, 1))}, UnknownReason.NOT_ASKED),
        ({"form__start": Fact.unknown(UnknownReason.NOT_ASKED)}, UnknownReason.NOT_ASKED),
    ],
)
def test_what_cannot_be_counted_is_unknown(changes: dict[str, Any], reason: UnknownReason) -> None:
    facts = counted(known(**changes), vocabulary=VOCABULARY, on=ON)
    assert facts[BETWEEN].missing is reason


def test_a_year_without_a_notice_proves_nothing_and_says_so() -> None:
    facts = counted(known(form__start=Fact.known(date(2050, 1, 3))), vocabulary=VOCABULARY, on=ON)
    assert (facts[SINCE].missing, facts[BETWEEN].missing) == (None, UnknownReason.NOT_ASKED)
    source = facts[BETWEEN].source
    assert source is not None
    assert source.detail == NO_NOTICE


def test_a_matter_without_working_days_pays_nothing() -> None:
    plain = parse_vocabulary({"specs": []})
    facts = known()
    assert counted(facts, vocabulary=plain, on=ON) is facts
