"""What is written as one literal comes back as it was; ids begin with the time, and no two are alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import RFC_4122, UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common.statements import bulk


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=5))
@example([])
@example(["", "NULL", '"', "\\", "{a,b}", " x ", "\n"])
def test_it_comes_back(values: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [bulk.array(values)])
        assert cursor.fetchone() == (values,)


@pytest.mark.django_db
def test_other_kinds_come_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::int[], %s::boolean[]", [bulk.array([1, -2]), bulk.array([True, False])])
        assert cursor.fetchone() == ([1, -2], [True, False])


AT = datetime(2026, 11, 21, 10, 0, 0, 123000, tzinfo=UTC)


def test_they_are_of_version_7_and_begin_with_the_moment() -> None:
    made = [UUID(one) for one in islice(bulk.ids(AT), 1000)]
    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}
    assert {one.int >> 80 for one in made} == {round(AT.timestamp() * 1000)}
    assert len({one.int & (2**62 - 1) for one in made}) == len(set(made)) == 1000


def test_a_later_one_comes_later_and_is_written_as_uuid_writes_it() -> None:
    first, later = (next(bulk.ids(AT + timedelta(milliseconds=n))) for n in (0, 1))
    assert first < later
    assert first == str(UUID(first))
