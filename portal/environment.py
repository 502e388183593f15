"""Reads the process environment for the settings; `var/run/env`, written by scripts, fills the gaps."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from urllib.parse import unquote, urlparse

from django.core.exceptions import ImproperlyConfigured

from common.statements.planned import Connection, Cursor


def load(path: Path) -> None:
    """Take KEY=VALUE lines of a file for every key the environment does not name itself."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        key, separator, value = line.partition("=")
        if separator and not key.startswith("#"):
            os.environ.setdefault(key.strip(), value.strip())


def text(name: str, default: str | None = None) -> str:
    """Return NAME, or the content of the file that NAME_FILE points to (secrets mounted by an orchestrator)."""
    if (path := os.environ.get(f"{name}_FILE")) is not None:
        return Path(path).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(
            f"Set {name} (or {name}_FILE); docs/reference/environment.md lists every variable."
        )
    return value


def flag(name: str) -> bool:
    """Return whether NAME is 1, true or yes."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes"}


def whole(name: str, default: int) -> int:
    """Return NAME as an integer."""
    try:
        return int(text(name, str(default)))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from error


def share(name: str, default: float) -> float:
    """Return NAME, a share from 0 to 1."""
    try:
        told = float(text(name, str(default)))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a number from 0 to 1.") from error
    if not 0 <= told <= 1:
        raise ImproperlyConfigured(f"{name} must be a number from 0 to 1.")
    return told


def key_bytes(name: str) -> bytes:
    """Return NAME, 32 bytes in base64."""
    try:
        key = base64.b64decode(text(name), validate=True)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64.") from error
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64, not {len(key)} bytes.")
    return key


def key_ring(name: str) -> dict[str, bytes]:
    """Return NAME, a JSON object of key id to 32 bytes in base64."""
    try:
        ring = {str(kid): base64.b64decode(key, validate=True) for kid, key in json.loads(text(name)).items()}
    except (ValueError, AttributeError) as error:
        raise ImproperlyConfigured(f"{name} must be a JSON object of key id to base64 key.") from error
    if not ring or any(len(key) != 32 for key in ring.values()):
        raise ImproperlyConfigured(f"{name} needs at least one key; every key has 32 bytes.")
    return ring


def hours(name: str, default: str) -> tuple[int, int] | None:
    """Return NAME, two hours of the day such as `21-8`; None when it is empty."""
    if not (told := text(name, default)):
        return None
    first, _, last = told.partition("-")
    if not (first.isdecimal() and last.isdecimal() and int(first) < 24 and int(last) < 24 and first != last):
        raise ImproperlyConfigured(f"{name} must be two hours such as 21-8, or empty.")
    return int(first), int(last)


def words(name: str) -> dict[str, str]:
    """Return NAME, a JSON object of texts; empty without it."""
    try:
        return {str(key): str(value) for key, value in json.loads(text(name, "{}")).items()}
    except (ValueError, AttributeError) as error:
        raise ImproperlyConfigured(f"{name} must be a JSON object of texts.") from error


def database(url: str) -> dict[str, object]:
    """Return Django's DATABASES entry for a postgresql:// URL. PostgreSQL only: the invariants live in it."""
    parts = urlparse(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must be a postgresql:// URL; no other database is supported."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connection_factory": Connection, "cursor_factory": Cursor},
    }
