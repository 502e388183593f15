"""manage.py demo_accounts: who to sign in as, and what to try; scripts/demo shows it."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.demo.district import documenting
from portal.demo.district.lives import VERDICTS, District, Life, district

WIDTHS = (18, 8, 40, 0)  # terminal columns


class Command(BaseCommand):
    """Prints the demo accounts as a table; needs no database."""

    help = "列出演示账号：用户名、密码、是谁、可以试什么"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to write the page of the docs instead."""
        parser.add_argument("--write-docs", action="store_true", help=f"写 {documenting.PAGE}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print, or write the docs."""
        whole = district()
        if options["write_docs"]:
            text = documenting.page(whole, on=documenting.AGES_ON)
            (settings.BASE_DIR / documenting.PAGE).write_text(text, encoding="utf-8")
            return
        self.stdout.write(f"演示账号（密码都是 {whole.password}；也可以打开 /demo/sign-in 一键登录）")
        rows = [("用户名", "姓名", "是谁", "可以试什么")]
        rows += [(one.username, one.name, one.title, _to_try(one, whole)) for one in whole.lives]
        rows += [(one.username, one.name, one.title, one.story) for one in whole.staff]
        for row in rows:
            self.stdout.write(
                "  " + "".join(padded(cell, width) for cell, width in zip(row, WIDTHS, strict=True))
            )


def _to_try(life: Life, whole: District) -> str:
    return "，".join(f"{whole.matters[name].short}{VERDICTS[life.expects[name]]}" for name in life.tries)


def padded(text: str, width: int) -> str:
    """Return text filled up to a width of terminal columns; Chinese characters take two."""
    taken = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * max(1, width - taken) if width else text
