"""manage.py load_types [PATH …]: certificate types from data files; all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from certificates.types import load_types
from rules.language.invalid import InvalidTree


class Command(BaseCommand):
    """Stores the certificate types; loading them again changes nothing."""

    help = "导入证照类型（默认 data/types/*.json）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take files; none means those of the house."""
        parser.add_argument("paths", nargs="*", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what changed."""
        paths = options["paths"] or sorted((settings.DATA_DIR / "types").glob("*.json"))
        try:
            report = load_types(paths)
        except InvalidTree as error:
            raise CommandError("\n".join(f"{path}：{message}" for path, message in error.problems)) from error
        created, changed, unchanged = map(len, (report.created, report.changed, report.unchanged))
        self.stdout.write(f"证照类型：新增 {created}，更新 {changed}，未变 {unchanged}")
