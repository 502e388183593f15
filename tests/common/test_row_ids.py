"""Ids that begin with the time are UUIDs of version 7, and no two are alike."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import RFC_4122, UUID

from common import row_ids

AT = datetime(2026, 11, 21, 10, 0, 0, 123000, tzinfo=UTC)


def test_they_are_of_version_7_and_begin_with_the_moment() -> None:
    made = [UUID(one) for one in islice(row_ids.time_ordered(AT), 1000)]
    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}
    assert {one.int >> 80 for one in made} == {round(AT.timestamp() * 1000)}
    assert len({one.int & (2**62 - 1) for one in made}) == len(set(made)) == 1000


def test_a_later_one_comes_later_and_is_written_as_uuid_writes_it() -> None:
    first, later = (next(row_ids.time_ordered(AT + timedelta(milliseconds=n))) for n in (0, 1))
    assert first < later
    assert first == str(UUID(first))
