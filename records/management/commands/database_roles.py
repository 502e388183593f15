"""`manage.py database_roles`: run after every migrate, as portal_owner."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from records.roles import APP_ROLE, RoleMissing, grant_application_role


class Command(BaseCommand):
    """Say again what the application's role may do."""

    help = "Grant the application's role its rights on tables; insert-only tables it may read and add to, no more."
    requires_system_checks: list[str] = []

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default=APP_ROLE)

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            closed = grant_application_role(options["role"])
        except RoleMissing as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['role']}: rows of every table; insert-only: {', '.join(closed)}")
