"""How values are written on screen: dates, durations, case numbers. Pure functions; the filters of `web` call them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

WEEKDAYS = "一二三四五六日"


def ref4(reference: str) -> str:
    """Return a case number (件号) in groups of four, as people read it out."""
    return " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))


def local(value: date | datetime) -> date | datetime:
    """Return an aware moment in the portal's own time; a date stays."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def cn_date(value: date | datetime, *, year: bool = False) -> str:
    """Return `11 月 27 日（星期五）`, with the year where it is not plain."""
    day = local(value)
    text = f"{day.month} 月 {day.day} 日（星期{WEEKDAYS[day.weekday()]}）"
    return f"{day.year} 年 {text}" if year else text


def iso_date(value: date | datetime) -> str:
    """Return `2026-11-20`."""
    shown = local(value)
    return f"{shown.year:04}-{shown:%m-%d}"  # %Y writes the year 800 with three digits here


def iso_dt(value: datetime) -> str:
    """Return `2026-11-20 10:32:08` in the portal's time."""
    return f"{local(value):%Y-%m-%d %H:%M:%S}"


def short_dt(value: datetime) -> str:
    """Return `11-20 10:32`, for timelines of the running year."""
    return f"{local(value):%m-%d %H:%M}"


def overdue(days: int) -> str:
    """Return by how many working days something is late; on the weekend after a due Friday none has passed yet."""
    return f" {days} 个工作日" if days > 0 else "不到 1 个工作日"


def duration_cn(seconds: float) -> str:
    """Return `0.4 秒`, `3 分钟`, `2 小时`, `5 天`; a duration that rounds to nothing is `不到 0.1 秒`."""
    if seconds < 0:
        raise ValueError("A duration is not negative.")
    if seconds < 0.05:
        return "不到 0.1 秒"
    if seconds < 59.95:
        return f"{seconds:.1f} 秒"
    for unit, words in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if round(seconds / unit, 1) >= 1:
            return f"{round(seconds / unit)} {words}"
    return "1 分钟"
