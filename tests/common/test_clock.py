from datetime import UTC, date, datetime, timedelta

import pytest

from common import clock


def test_now_is_aware_and_in_china() -> None:
    assert clock.now().utcoffset() == timedelta(hours=8)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_day_changes_at_midnight_in_china() -> None:
    clock.set_source(lambda: datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC))
    assert clock.today() == date(2026, 11, 20)
    clock.set_source(lambda: datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
    assert clock.today() == date(2026, 11, 21)


def test_a_source_can_be_taken_away_again() -> None:
    clock.set_source(lambda: datetime(2001, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2001
    clock.set_source(None)
    assert clock.now().year > 2001


def test_a_source_without_time_zone_is_refused() -> None:
    clock.set_source(lambda: datetime(2026, 1, 1))  # noqa: DTZ001 -- the mistake under test
    with pytest.raises(ValueError, match="time zone"):
        clock.now()


def test_durations_are_not_shifted() -> None:
    before = clock.monotonic_ms()
    clock.set_source(lambda: datetime(2001, 1, 1, tzinfo=UTC))
    assert 0 <= clock.monotonic_ms() - before < 5000


def test_the_day_of_a_moment_is_the_day_in_china() -> None:
    assert clock.day_of(datetime(2026, 11, 20, 15, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert clock.day_of(datetime(2026, 11, 20, 16, 0, tzinfo=UTC)) == date(2026, 11, 21)
