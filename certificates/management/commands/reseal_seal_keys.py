"""`manage.py reseal_seal_keys`: after FIELD_KEY_ACTIVE has changed, the files of seals' keys are sealed with it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from typing_extensions import override

from certificates.sealing.keys import FILE_KEYS


class Command(BaseCommand):
    """Seal the keys of seals anew."""

    help = "Seals the files of SEAL_KEYS_DIR with the active key of the encrypted fields."

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{FILE_KEYS.seal_anew()} keys sealed anew")
