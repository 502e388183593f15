"""The app of people, and of telling them."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from typing_extensions import override

from accounts.telling.examining import check_telling


class AccountsConfig(AppConfig):
    """People, organisations, who acts for whom, signing in, messages."""

    name = "accounts"
    verbose_name = "用户"

    @override
    def ready(self) -> None:
        checks.register(check_telling)
