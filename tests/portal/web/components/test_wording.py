from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.components import wording


@given(st.text("0123456789", max_size=40))
def test_ref4_only_adds_spaces(reference: str) -> None:
    shown = wording.ref4(reference)
    assert shown.replace(" ", "") == reference
    assert all(len(group) == 4 for group in shown.split(" ")[:-1])


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 27), "11 月 27 日（星期五）"),
        (date(2026, 11, 29), "11 月 29 日（星期日）"),
        (date(2027, 1, 4), "1 月 4 日（星期一）"),
        (datetime(2026, 11, 26, 16, 30, tzinfo=UTC), "11 月 27 日（星期五）"),
    ],
)
def test_cn_date_in_the_portals_own_time(day: date, words: str) -> None:
    assert wording.cn_date(day) == words
    assert wording.cn_date(day, year=True).endswith(words)


def test_moments_are_told_in_shanghai() -> None:
    moment = datetime(2026, 11, 20, 16, 32, 8, tzinfo=UTC)
    assert wording.iso_dt(moment) == "2026-11-21 00:32:08"
    assert wording.iso_date(moment) == "2026-11-21"
    assert wording.short_dt(moment) == "11-21 00:32"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "不到 0.1 秒"),
        (0.049, "不到 0.1 秒"),
        (0.05, "0.1 秒"),
        (0.44, "0.4 秒"),
        (59.9, "59.9 秒"),
        (59.96, "1 分钟"),
        (180, "3 分钟"),
        (7200, "2 小时"),
        (5 * 86_400, "5 天"),
    ],
)
def test_duration(seconds: float, words: str) -> None:
    assert wording.duration_cn(seconds) == words


def test_a_duration_is_not_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        wording.duration_cn(-1)
