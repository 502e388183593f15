"""manage.py api_token USER: a bearer token for the API, printed once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from portal.api import tokens


class Command(BaseCommand):
    """Make a token, or revoke all of an account."""

    help = "Print a new API token of an account (it cannot be shown again), or revoke all it has."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the account."""
        parser.add_argument("user", help="user name")
        parser.add_argument("--name", default="manage.py", help="what it is for")
        parser.add_argument("--days", type=int, default=tokens.DAYS, help="how long it is valid")
        parser.add_argument("--revoke", action="store_true", help="revoke all tokens of the account instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token alone, so that a script can read it."""
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['user']}.")
        if options["revoke"]:
            self.stdout.write(f"{tokens.revoke_all(user)} revoked")
        elif not 1 <= options["days"] <= 366:
            raise CommandError("--days is 1 to 366.")
        else:
            self.stdout.write(tokens.create(user, name=options["name"][:60], days=options["days"]))
