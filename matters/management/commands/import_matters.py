"""Import matter packages from a file or folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from matters.importing import ImportRefused, import_packages


class Command(BaseCommand):
    """manage.py import_matters PATH [--dry-run]."""

    help = "Check matter packages (事项包) and publish them; changes nothing when anything is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the path and whether to try only."""
        parser.add_argument("path", type=Path, help="a package file, or a folder of them")
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or name every fault with file and path."""
        try:
            report = import_packages(
                options["path"], by="system", at=clock.now(), dry_run=bool(options["dry_run"])
            )
        except ImportRefused as error:
            lines = "\n".join(str(fault) for fault in error.faults)
            raise CommandError(f"{len(error.faults)} 处问题，什么也没有改动：\n{lines}") from error
        for warning in report.warnings:
            self.stderr.write(f"提醒　{warning}")
        done = "可以发布" if options["dry_run"] else "已发布"
        for edition in report.published:
            self.stdout.write(f"{done}　{edition.matter.name} V{edition.number}")
        for edition in report.unchanged:
            self.stdout.write(f"没有变化　{edition.matter.name} V{edition.number}")
