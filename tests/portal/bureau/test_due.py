"""Remaining time in words, over weekends, holidays and lateness."""

from __future__ import annotations

from datetime import date

import pytest

from portal.bureau.due import due


@pytest.mark.parametrize(
    ("on", "day", "words", "kind"),
    [
        ("2026-11-20", "2026-11-20", "今天到期", "soon"),
        ("2026-11-20", "2026-11-23", "剩 1 个工作日", "soon"),
        ("2026-11-20", "2026-11-24", "剩 2 个工作日", ""),
        ("2026-11-20", "2026-11-27", "剩 5 个工作日", ""),
        ("2026-11-21", "2026-11-20", "超期不到 1 个工作日", "late"),
        ("2026-11-23", "2026-11-20", "超期 1 个工作日", "late"),
        ("2026-10-09", "2026-09-30", "超期 2 个工作日", "late"),
        ("2026-09-30", "2026-10-08", "剩 1 个工作日", "soon"),
    ],
)
def test_words(on: str, day: str, words: str, kind: str) -> None:
    found = due(date.fromisoformat(day), on=date.fromisoformat(on))
    assert (found.words, found.kind) == (words, kind)


def test_a_paused_clock_says_so() -> None:
    assert due(None, on=date(2026, 11, 20)).words == "暂停计时"
