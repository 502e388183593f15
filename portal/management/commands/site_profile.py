"""manage.py site_profile [NAME=VALUE …]: show or enter who runs the site, as the foot of every page says it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.web.site import entering, profile


class Command(BaseCommand):
    """Enters a new state when anything is given; servers show it within a minute."""

    help = f"Show or enter the site's particulars: {', '.join(profile.PARTICULARS)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take pairs."""
        parser.add_argument("pairs", nargs="*", metavar="NAME=VALUE")

    def handle(self, *args: Any, **told: Any) -> None:
        """Enter what is given, then print what holds."""
        changed = dict(pair.partition("=")[::2] for pair in told["pairs"])
        try:
            site = entering.enter(changed, actor="system") if changed else profile.stored() or settings.SITE
        except KeyError as unknown:
            raise CommandError(f"unknown: {unknown.args[0]}") from None
        for name in profile.PARTICULARS:
            self.stdout.write(f"{name}={site[name]}")
        for word in profile.lacking(site):
            self.stderr.write(f"缺少或不是真的：{word}")
