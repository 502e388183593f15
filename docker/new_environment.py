"""Prints a new .env for docker-compose.yml, every secret made at random: python3 docker/new_environment.py HOST > .env.

Keep a copy in a safe place: without FIELD_KEYS nobody can read the encrypted fields again.
"""

from __future__ import annotations

import base64
import json
import secrets
import sys


def main(arguments: list[str]) -> int:
    """Print the lines; the host name that citizens use is the one argument."""
    if len(arguments) != 1:
        print("Usage: python3 docker/new_environment.py portal.example.gov.cn > .env", file=sys.stderr)
        return 2
    kid = f"k{secrets.token_hex(3)}"
    values = {
        "PUBLIC_HOST": arguments[0],
        "POSTGRES_PASSWORD": secrets.token_hex(24),
        "OWNER_PASSWORD": secrets.token_hex(24),
        "APP_PASSWORD": secrets.token_hex(24),
        "BROKER_PASSWORD": secrets.token_hex(24),
        "SECRET_KEY": secrets.token_urlsafe(60),
        "FIELD_KEYS": f"'{json.dumps({kid: _key()})}'",
        "FIELD_KEY_ACTIVE": kid,
        "HASH_KEY": _key(),
        "JOURNAL_KEY": _key(),
        "REGISTER_BASE_URL": "",
    }
    for name, value in values.items():
        print(f"{name}={value}")
    return 0


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
