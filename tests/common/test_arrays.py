"""What is written as one literal is read by PostgreSQL as the values it was written from."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common import arrays


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=5))
@example([])
@example(["", "NULL", '"', "\\", "{a,b}", " x ", "\n"])
def test_it_comes_back(values: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [arrays.literal(values)])
        assert cursor.fetchone() == (values,)


@pytest.mark.django_db
def test_other_kinds_come_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::int[], %s::boolean[]", [arrays.literal([1, -2]), arrays.literal([True, False])]
        )
        assert cursor.fetchone() == ([1, -2], [True, False])
