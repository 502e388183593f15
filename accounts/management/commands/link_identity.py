"""`manage.py link_identity USER < number`: say whose a work account is."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from accounts import identifying
from accounts.models import User
from common.errors import DomainError
from common.identifiers import InvalidIdentifier


class Command(BaseCommand):
    """Link an account to the person behind it."""

    help = (
        "Reads the resident ID number of who an account belongs to from standard input; keeps its hash alone."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="user name")

    @override
    def handle(self, *args: Any, user: str, **options: Any) -> None:
        found = User.objects.filter(username=user).first()
        if found is None:
            raise CommandError(f"no account {user}")
        try:
            identifying.link(found, number=sys.stdin.readline().strip())
        except InvalidIdentifier as error:
            raise CommandError("that is no resident ID number") from error
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{user}: known")
