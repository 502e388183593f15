"""`manage.py rescan_files`: have files scanned again, those that failed and, if told so, those scanned long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from typing_extensions import override

from records.files import scanning
from records.tasks import wake_scanner

MOST = 1_000_000


class Command(BaseCommand):
    """Put files in the scanner's queue."""

    help = "Scan uploaded files again: the failed ones, and with --older-than those last scanned that many days ago."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than", type=int, metavar="DAYS", help="also those scanned longer ago; 0: all"
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        days = options["older_than"]
        again = scanning.rescan(older_than=None if days is None else timedelta(days=days), limit=MOST)
        if again and scanning.is_configured():
            wake_scanner()
        self.stdout.write(f"{again} files will be scanned again")
        if not scanning.is_configured():
            self.stderr.write("CLAMD_URL is not set: nothing is scanned until it is.")
