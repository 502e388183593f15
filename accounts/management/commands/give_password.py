"""`manage.py give_password USER`: a first or forgotten password, printed once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from accounts.models import User
from accounts.signing import identity


class Command(BaseCommand):
    """Give an account a new password and end its sessions."""

    help = "Prints a new password for an account, once; its old one is void and its sessions are ended."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="user name")

    @override
    def handle(self, *args: Any, user: str, **options: Any) -> None:
        found = User.objects.filter(username=user, is_active=True).first()
        if found is None:
            raise CommandError(f"no account {user}")
        self.stdout.write(identity.give_password(found))
