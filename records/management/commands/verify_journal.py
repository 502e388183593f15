"""`manage.py verify_journal`: exit 1 and every fault by name when the journal is not what was written."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from typing_extensions import override

from records.proving.verifying import export, verify


class Command(BaseCommand):
    """Name every fault of the journal."""

    help = "Check every journal entry, block and head; name each fault. Exit code 1 when there is one."
    requires_system_checks: list[str] = []

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--export", type=Path, metavar="FILE", help="also write the journal for an outside check"
        )
        parser.add_argument("--json", action="store_true", help="faults as a JSON list")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if options["export"]:
            with options["export"].open("w", encoding="utf-8") as target:
                export(target)
        faults = verify()
        if options["json"]:
            rows = [{"kind": fault.kind, "where": fault.where, "detail": fault.detail} for fault in faults]
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
        else:
            for fault in faults:
                self.stdout.write(str(fault))
            self.stdout.write(f"{len(faults)} faults" if faults else "the journal is sound")
        if faults:
            sys.exit(1)
