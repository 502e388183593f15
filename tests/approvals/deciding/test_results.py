"""How long a certificate is valid, from when a benefit is paid, and how a result's sentence words a value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from approvals.deciding.results import Granting, first_of_next_month, in_words, sentence, valid_until
from matters import editions
from matters.format.results import ResultCertificate
from rules.language.values import Fact, UnknownReason
from tests.factories import district

ON = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("told", "on", "last"),
    [
        ({}, ON, None),
        ({"valid_days": 1}, ON, ON),
        ({"valid_days": 60}, date(2026, 12, 1), date(2027, 1, 29)),
        ({"valid_years": 1}, date(2026, 11, 20), date(2027, 11, 19)),
        (
            {"valid_years": 1},
            ON,
            date(2025, 2, 28),
        ),  # there is no 29 February 2025: the whole of February counts
        ({"valid_years": 4}, ON, date(2028, 2, 28)),
        ({"valid_until": "2030-12-31"}, ON, date(2030, 12, 31)),
    ],
)
def test_the_last_valid_day(told: dict[str, Any], on: date, last: date | None) -> None:
    certificate = ResultCertificate.model_validate(
        {"type": "x", "number": "X{year}{serial:8}", "fields": {}, **told}
    )
    assert valid_until(certificate, on=on) == last


@pytest.mark.parametrize(
    ("on", "first"),
    [
        (date(2026, 11, 20), date(2026, 12, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2027, 2, 1)),
    ],
)
def test_a_benefit_is_paid_from_the_next_month(on: date, first: date) -> None:
    assert first_of_next_month(on) == first


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("100.00"), " 100 "),
        (Decimal("1234.50"), " 1,234.50 "),
        (date(2026, 3, 1), " 2026 年 3 月 1 日"),
        ("珠池街道", "珠池街道"),
        (3, "3"),
    ],
)
def test_a_value_in_a_sentence(value: Any, words: str) -> None:
    assert in_words(value) == words


@pytest.mark.django_db
def test_what_is_unknown_is_not_made_up(stocked: None) -> None:
    edition = district.matter().current_edition
    assert edition is not None
    compiled = editions.compiled(edition)
    facts = {
        "cert.household_register.division": Fact.known("440507003"),
        "cert.resident_id.birth_date": Fact.unknown(UnknownReason.UNREACHABLE),
    }
    granting = Granting(compiled, facts, {"amount": Decimal("300.00")}, date(2026, 12, 5))
    assert granting.worded("cert.household_register.division") == compiled.vocabulary.divisions["440507003"]
    assert granting.worded("cert.resident_id.birth_date") is None
    assert granting.fact("derived.age") is None, "nobody's age is known without a birth date"
    assert sentence("每月{outcome.amount}元", granting) == "每月 300 元"
    assert sentence("从{first_of_next_month}起", granting) == "从 2027 年 1 月起"
    assert sentence("出生于{cert.resident_id.birth_date}", granting) == "出生于（以决定书为准）"
