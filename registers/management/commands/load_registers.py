"""manage.py load_registers [PATH …]: registers from data files; all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from registers.defining import load_registers
from rules.language.invalid import InvalidTree


class Command(BaseCommand):
    """Stores the registers; loading them again changes nothing."""

    help = "导入数据共享来源（默认 data/registers/*.json）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take files; none means those of the house."""
        parser.add_argument("paths", nargs="*", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what changed."""
        paths = options["paths"] or sorted((settings.DATA_DIR / "registers").glob("*.json"))
        try:
            done = list(load_registers(paths).values())
        except InvalidTree as error:
            raise CommandError("\n".join(f"{path}：{message}" for path, message in error.problems)) from error
        created, changed, unchanged = (done.count(kind) for kind in ("created", "changed", "unchanged"))
        self.stdout.write(f"数据共享来源：新增 {created}，更新 {changed}，未变 {unchanged}")
