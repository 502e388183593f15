"""manage.py maintenance on|off|state: close the pages while something is being repaired, and open them again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.web.site import maintenance


class Command(BaseCommand):
    """Writes or removes the flag file; needs no database."""

    help = "Answer every page with 503 and its reason, until told otherwise. --until 'YYYY-MM-DD HH:MM', local time."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do and, for `on`, the end."""
        parser.add_argument("act", choices=["on", "off", "state"])
        parser.add_argument("--until", default="")

    def handle(self, *args: Any, **told: Any) -> None:
        """Do it and say what is so now."""
        file, until = maintenance.flag_file(), told["until"]
        if until and maintenance.moment(until) is None:
            raise CommandError(f"{until!r} is no time; write for example 2026-11-22 02:00")
        if told["act"] == "on":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(until, encoding="utf-8")
        elif told["act"] == "off":
            file.unlink(missing_ok=True)
        found = maintenance.pause()
        self.stdout.write("open" if found is None else f"closed until {found.until or 'told otherwise'}")
