from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from certificates.issuance import numbering
from certificates.issuance.numbering import SeriesExhausted
from certificates.models import NumberSeries

ON = date(2026, 3, 5)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "LH",
        "LH{year}",
        "{serial}",
        "{serial:0}",
        "{serial:8}{serial:8}",
        "{name}{serial:4}",
        "A {serial:4}",
        "{{serial:4}",
        "A" * 60 + "{serial:4}",
    ],
)
def test_bad_patterns_are_named(pattern):
    assert numbering.problem(pattern)
    with pytest.raises(ValueError, match="编号规则"):
        numbering.numbers([("T", pattern)], on=ON)


@pytest.mark.django_db
def test_serials_run_on_within_a_series_and_start_anew_with_the_year():
    pattern = "LH{year}{serial:8}"
    assert numbering.numbers([("T", pattern)] * 3, on=ON) == [
        "LH202600000001",
        "LH202600000002",
        "LH202600000003",
    ]
    assert numbering.numbers([("T", pattern)], on=ON) == ["LH202600000004"]
    assert numbering.numbers([("T", pattern)], on=date(2027, 1, 1)) == ["LH202700000001"]
    assert numbering.numbers([("U", pattern)], on=ON) == ["LH202600000001"]


@pytest.mark.django_db
def test_series_of_one_batch_do_not_mix(django_assert_num_queries):
    a, b = ("T", "A{month}{day}{serial:2}"), ("T", "B{serial:3}{random:4}")
    with django_assert_num_queries(1):
        found = numbering.numbers([a, b, a, b], on=ON)
    assert [found[0], found[2]] == ["A030501", "A030502"]
    assert [found[1][:4], found[3][:4]] == ["B001", "B002"]
    assert found[1][4:] != found[3][4:]


@pytest.mark.django_db
def test_a_full_series_is_refused():
    numbering.numbers([("T", "{serial:1}")] * 9, on=ON)
    with pytest.raises(SeriesExhausted), transaction.atomic():
        numbering.numbers([("T", "{serial:1}")], on=ON)
    assert NumberSeries.objects.get().last == 9
