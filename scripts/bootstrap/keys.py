"""Secrets and addresses of this checkout, kept in var/run/env: made once, readable by their owner only."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

from bootstrap.console import Trouble
from bootstrap.places import write_private

HEAD = "# Written by scripts/demo: the secrets and addresses of this checkout. Never commit or share it."


def new_secrets() -> dict[str, str]:
    """Return fresh keys for one database: losing them makes its encrypted fields unreadable."""
    key = f"k{secrets.token_hex(3)}"
    return {
        "SECRET_KEY": secrets.token_urlsafe(60),
        "FIELD_KEYS": json.dumps({key: _bytes()}),
        "FIELD_KEY_ACTIVE": key,
        "HASH_KEY": _bytes(),
        "JOURNAL_KEY": _bytes(),
    }


def read(path: Path) -> dict[str, str]:
    """Return the KEY=VALUE lines of a file; nothing when there is no file."""
    if not path.exists():
        return {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except PermissionError as error:
        raise Trouble(
            f"{path} belongs to another user.", advice="Run this as the user who first ran it."
        ) from error
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {key.strip(): value.strip() for key, separator, value in pairs if separator}


def write(path: Path, values: dict[str, str]) -> None:
    """Replace the file with these values."""
    write_private(path, "\n".join([HEAD, *(f"{key}={value}" for key, value in values.items())]) + "\n")


def _bytes() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
