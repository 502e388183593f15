"""The app of what must be kept and proven."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from typing_extensions import override

from records.encrypting.keys import check_keys


class RecordsConfig(AppConfig):
    """Journal, field encryption, keyed hashes."""

    name = "records"
    verbose_name = "留痕"

    @override
    def ready(self) -> None:
        checks.register(check_keys, checks.Tags.security)
