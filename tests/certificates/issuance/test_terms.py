"""What a type allows a certificate to say of itself: issuer and last day, against a slow and plain calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.errors import InvalidFields
from certificates.issuance import issuing, terms
from certificates.keeping import reissuing
from certificates.keeping.reissuing import Given
from certificates.models import Certificate, CertificateType
from certificates.stocking import starting
from common.errors import DomainError
from tests.factories import people
from tests.factories.certificates import AT, ISSUER, VALUES, card_type, certificate, wanted
from tests.factories.offices import OTHER, department, employee

FROM = date(2026, 11, 20)
FIVE = {"rule": "term", "years": 5}
MOST = {"rule": "at_most", "years": 10}
REFUSED = "refused"


def kind(**validity: Any) -> CertificateType:
    return CertificateType(name="测试卡", validity=validity)


@pytest.mark.parametrize(
    ("validity", "asked", "last"),
    [
        ({"rule": "given"}, None, None),
        ({"rule": "given"}, date(2027, 1, 1), date(2027, 1, 1)),
        ({}, None, None),
        ({"rule": "forever"}, None, None),
        ({"rule": "forever"}, date(2027, 1, 1), REFUSED),
        (FIVE, None, date(2031, 11, 19)),
        (FIVE, date(2031, 11, 19), date(2031, 11, 19)),
        (FIVE, date(2031, 11, 20), REFUSED),
        (FIVE, date(2031, 11, 18), REFUSED),
        ({"rule": "term", "years": 1, "months": 6}, None, date(2028, 5, 19)),
        (MOST, None, REFUSED),
        (MOST, date(2036, 11, 19), date(2036, 11, 19)),
        (MOST, date(2027, 1, 1), date(2027, 1, 1)),
        (MOST, date(2036, 11, 20), REFUSED),
        ({"rule": "given"}, FROM, FROM),
        ({"rule": "given"}, date(2026, 11, 19), REFUSED),
        (MOST, date(2026, 11, 19), REFUSED),
    ],
)
def test_every_rule(validity: dict[str, Any], asked: date | None, last: date | str | None) -> None:
    if last == REFUSED:
        with pytest.raises(InvalidFields):
            terms.last_day(kind(**validity), valid_from=FROM, asked=asked)
    else:
        assert terms.last_day(kind(**validity), valid_from=FROM, asked=asked) == last


@pytest.mark.parametrize(
    ("begins", "months", "last"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
    ],
)
def test_days_that_a_month_does_not_have(begins: date, months: int, last: date) -> None:
    assert terms.longest(kind(rule="term", months=months), valid_from=begins) == last


@pytest.mark.parametrize("begins", [date(9999, 12, 31), date(9995, 1, 1)])
def test_a_day_beyond_the_calendar(begins: date) -> None:
    with pytest.raises(InvalidFields):
        terms.last_day(kind(**FIVE), valid_from=begins, asked=None)


@given(begins=st.dates(date(1950, 1, 1), date(2090, 12, 31)), months=st.integers(1, 1200))
def test_the_day_after_the_last_begins_the_next_term(begins: date, months: int) -> None:
    after = terms.longest(kind(rule="term", months=months), valid_from=begins) + timedelta(days=1)
    counted = (after.year - begins.year) * 12 + after.month - begins.month
    assert (counted, after.day) in {(months, begins.day), (months + 1, 1)}


@pytest.mark.django_db
def test_issuing_derives_and_refuses() -> None:
    card_type(validity=FIVE, issuers=[ISSUER])
    person = people.person()
    assert certificate(person, valid_from=FROM).valid_until == date(2031, 11, 19)
    for wrong in ({"valid_until": FROM}, {"issuer_code": "11440507MB2X00020L"}):
        with pytest.raises(InvalidFields):
            certificate(people.person(), valid_from=FROM, **wrong)
    assert Certificate.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("issuers", "allowed"), [([], ISSUER), ([OTHER], OTHER), ([OTHER, ISSUER], ISSUER), ([ISSUER], ISSUER)]
)
def test_a_type_that_names_nobody_is_its_definers_alone(issuers: list[str], allowed: str) -> None:
    kind = card_type(issuers=issuers)
    assert kind.code.startswith(ISSUER)
    for code in (ISSUER, OTHER, "11440507MB2X00020L"):
        right = code in (issuers or [ISSUER])
        assert (code in terms.issuers_of(kind)) is right
        assert (kind in terms.types_of(code)) is right
        if right:
            terms.check_issuer(kind, code=code)
        else:
            with pytest.raises(InvalidFields):
                terms.check_issuer(kind, code=code)
    assert allowed in terms.issuers_of(kind)


@pytest.mark.django_db
@pytest.mark.parametrize("allowed", [True, False])
def test_whole_stores_and_keepers_ask_the_same_rule(allowed: bool) -> None:
    """Nobody imports or issues what another authority defined and no list gives them."""
    code = f"{ISSUER if allowed else '11100000MBQDY1091R'}901"
    kind, own, keeper = card_type(code=code), department(), employee("keeper")
    given = Given("A1", FROM, None, {**VALUES, "amount": "12.00"})
    asked: list[Callable[[], object]] = [
        lambda: starting.issuer_of(kind, code=own.credit_code),
        lambda: starting.department_of(keeper, kind=kind),
        lambda: reissuing.issue(
            keeper, slug=kind.slug, holder=people.person(), given=given, reason="档案里有原件", at=AT
        ),
    ]
    assert (kind in reissuing.types_of(keeper)) is allowed
    for ask in asked:
        if allowed:
            assert ask()
        else:
            with pytest.raises(DomainError):
                ask()
    assert Certificate.objects.exists() is allowed


@pytest.mark.django_db
def test_a_change_keeps_the_day_whatever_the_rule_says_now() -> None:
    card_type()
    person = people.person()
    certificate(person, valid_until=date(2030, 1, 1))
    CertificateType.objects.update(validity={"rule": "forever"})
    made = issuing.issue(wanted(person, new_version=True, valid_as_held=True), at=AT)
    assert made.valid_until == date(2030, 1, 1)


@pytest.mark.django_db
def test_a_type_for_either_is_issued_to_both() -> None:
    card_type(holder_kind="either")
    owner = people.person()
    shop = people.business(operator=owner)
    assert certificate(owner).holder_person == owner
    assert certificate(shop).holder_organisation == shop


@pytest.mark.django_db
def test_of_several_the_named_one_is_renewed() -> None:
    card_type(exclusive=False)
    person = people.person()
    first, second = certificate(person, number="A1"), certificate(person, number="B1")
    made = issuing.issue(wanted(person, new_version=True, renews=second.pk), at=AT)
    assert (made.previous, made.number) == (second, "B1")
    first.refresh_from_db()
    assert first.status == "valid"
