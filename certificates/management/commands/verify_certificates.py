"""`manage.py verify_certificates`: exit 1 and each certificate by name that is not what its organ signed."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from typing_extensions import override

from certificates.sealing.statement import WORDS
from certificates.sealing.verifying import verify_all
from common import clock


class Command(BaseCommand):
    """Check digest, signature, organ and chain of stored certificates."""

    help = "Hold every certificate against its signature. Exit code 1 when one is not what was signed."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="DAY", help="only what was entered from that day on"
        )
        parser.add_argument("--json", action="store_true", help="the report as JSON")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        day: date | None = options["since"]
        report = verify_all(since=datetime.combine(day, time(), tzinfo=clock.SHANGHAI) if day else None)
        if options["json"]:
            told = {"checked": report.checked, "unsigned": report.unsigned, "faults": dict(report.faults)}
            self.stdout.write(json.dumps({**told, "named": report.named}, ensure_ascii=False))
        else:
            for identifier, fault in report.named:
                self.stdout.write(f"{identifier}: {WORDS[fault]}")
            total = report.faults.total()
            self.stdout.write(f"{report.checked} checked, {report.unsigned} unsigned, {total} faults")
        if report.faults:
            sys.exit(1)
