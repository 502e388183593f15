from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.holding.choosing import choose
from certificates.models import Certificate
from certificates.states import CertificateStatus as S
from rules.language.values import UnknownReason as R

ON = date(2026, 11, 20)
DAY = timedelta(days=1)


def one(status: S = S.VALID, *, since: date = date(2020, 1, 1), until: date | None = None) -> Certificate:
    changed = datetime(2026, 5, 1, tzinfo=UTC) if status != S.VALID else None
    return Certificate(
        status=status,
        valid_from=since,
        issued_on=since,
        valid_until=until,
        version=1,
        status_changed_at=changed,
    )


@pytest.mark.parametrize(
    ("held", "reason", "is_held"),
    [
        ([], R.NOT_HELD, False),
        ([one()], None, True),
        ([one(until=ON)], None, True),  # the last valid day still counts
        ([one(since=ON)], None, True),
        ([one(until=ON - DAY)], R.EXPIRED, False),
        ([one(since=ON + DAY)], R.EXPIRED, None),
        ([one(), one()], R.AMBIGUOUS, True),
        ([one(), one(until=ON - DAY)], None, True),
        ([one(S.SUSPENDED)], R.REVOKED, None),
        ([one(S.SUSPENDED, until=ON - DAY)], R.EXPIRED, False),
        ([one(S.REVOKED)], R.REVOKED, False),
        ([one(S.ANNULLED)], R.REVOKED, False),
        ([one(S.WITHDRAWN)], R.REVOKED, False),
        ([one(S.CANCELLED)], R.REVOKED, False),
        ([one(S.SUPERSEDED)], R.NOT_HELD, False),
        ([one(S.SUPERSEDED), one()], None, True),
        ([one(S.REVOKED), one()], None, True),
        ([one(S.REVOKED, since=date(2024, 1, 1)), one(until=date(2022, 1, 1))], R.REVOKED, False),
        ([one(S.REVOKED, since=date(2024, 1, 1)), one(S.SUSPENDED)], R.REVOKED, None),
    ],
)
def test_only_one_valid_certificate_counts(held, reason, is_held):
    choice = choose(held, on=ON)
    assert (choice.reason, choice.held) == (reason, is_held)


def test_the_day_it_ended_is_the_day_here():
    ended = one(S.REVOKED)
    ended.status_changed_at = datetime(2026, 5, 1, 16, 30, tzinfo=UTC)  # half past midnight
    assert choose([ended], on=ON).detail == "2026-05-02 吊销"


def test_says_when_and_why():
    assert choose([one(until=date(2026, 11, 12))], on=ON).detail == "有效期至 2026-11-12"
    assert choose([one(S.SUSPENDED)], on=ON).detail == "暂停使用"
    assert choose([one(S.REVOKED)], on=ON).detail == "2026-05-01 吊销"
    assert choose([one(), one()], on=ON).detail == "有 2 张有效的"


days = st.dates(ON - timedelta(days=3), ON + timedelta(days=3))
certificates = st.lists(
    st.builds(
        lambda status, since, length: one(status, since=since, until=length and since + length * DAY),
        st.sampled_from(list(S)),
        days,
        st.none() | st.integers(1, 4),
    ),
    max_size=5,
)


@given(certificates, st.randoms())
def test_the_order_of_rows_never_decides(held, dice):
    first = choose(held, on=ON)
    shuffled = list(held)
    dice.shuffle(shuffled)
    second = choose(shuffled, on=ON)
    assert (first.reason, first.held) == (second.reason, second.held)


@given(certificates)
def test_a_choice_without_reason_is_the_only_valid_one(held):
    choice = choose(held, on=ON)
    valid = [
        c
        for c in held
        if c.status == S.VALID and c.valid_from <= ON and (c.valid_until is None or c.valid_until >= ON)
    ]
    assert (choice.reason is None) == (len(valid) == 1)
    if choice.reason is None:
        assert choice.certificate is valid[0]
