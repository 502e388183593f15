"""`manage.py doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import doctoring


class Command(BaseCommand):
    """Prints one line a part; exits 1 when something must be repaired."""

    help = "Examines settings, database, broker, worker, registers, files and calendar."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --json, for monitoring."""
        parser.add_argument("--json", action="store_true", help="print the answers as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the answers as they come."""
        answers = []
        for answer in doctoring.examine():
            answers.append(answer)
            if not options["json"]:
                self._tell(answer)
        if options["json"]:
            self.stdout.write(
                json.dumps([asdict(answer) for answer in answers], ensure_ascii=False, indent=2)
            )
        if failed := sum(answer.level is doctoring.Level.FAILED for answer in answers):
            raise CommandError(f"{failed} to repair")

    def _tell(self, answer: doctoring.Answer) -> None:
        self.stdout.write(f"{answer.level:<8} {answer.subject}: {answer.text}")
        if answer.advice and answer.level is not doctoring.Level.OK:
            self.stdout.write(f"         → {answer.advice}")
