"""Whether this database is a demo's. Plain SQL: it is asked where the demo's own table may not exist."""

from __future__ import annotations

from django.db import connection

from common.errors import DomainError


class NotADemoDatabase(DomainError):
    """One-click sign-in and a shifted clock belong to invented people only."""

    status = 503
    message = "这个数据库没有标记为演示数据库，不能用演示登录和演示时钟。请先运行 manage.py load_demo。"


def shift_kept() -> int | None:
    """Return how many days the mark says the clock is ahead, None without a mark; whatever tables there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('demo_demomark') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return None
        cursor.execute("SELECT shift_days FROM demo_demomark")
        row = cursor.fetchone()
        return int(row[0]) if row else None


def is_marked() -> bool:
    """Return whether `load_demo` has marked the database."""
    return shift_kept() is not None


def require_mark() -> None:
    """Raise NotADemoDatabase unless the database is marked."""
    if not is_marked():
        raise NotADemoDatabase
