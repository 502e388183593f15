"""`manage.py replay_decisions`: exit 1 and every difference by name when a judgement comes out otherwise."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from typing_extensions import override

from approvals.auditing import replaying


class Command(BaseCommand):
    """Judge everything again from what is stored of it."""

    help = "Judge every stored judgement again from its own facts, edition and day. Exit code 1 when one differs."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="DAY", help="judged on this day or later"
        )
        parser.add_argument("--matter", default="", metavar="CODE", help="of one matter")
        parser.add_argument("--json", action="store_true", help="counts and differences as JSON")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        since = (
            timezone.make_aware(datetime.combine(options["since"], time.min)) if options["since"] else None
        )
        report = replaying.replay_all(since=since, matter=options["matter"])
        self.stdout.write(
            json.dumps(report.as_json(), ensure_ascii=False) if options["json"] else str(report)
        )
        if not report.is_sound:
            sys.exit(1)
