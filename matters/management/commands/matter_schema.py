"""Print the JSON Schema of a matter package."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from matters.format.package import package_schema


class Command(BaseCommand):
    """manage.py matter_schema."""

    help = "Print the JSON Schema of a matter package (事项包)."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(json.dumps(package_schema(), ensure_ascii=False, indent=2))
