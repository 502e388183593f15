"""Makes .env and secrets/ for docker-compose.yml, every secret at random: python3 docker/new_environment.py HOST.

Keep a copy in a safe place: without field_keys nobody can read the encrypted fields again.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from pathlib import Path

USAGE = "Usage: python3 docker/new_environment.py portal.example.gov.cn [FOLDER]"
# Readable for the containers' users, who are not the host's: the folder lets only its owner in.
READABLE = 0o444


def main(arguments: list[str]) -> int:
    """Write the files; the host name that citizens use is the first argument. What is there already stays."""
    if len(arguments) not in {1, 2}:
        print(USAGE, file=sys.stderr)
        return 2
    folder = Path(arguments[1] if len(arguments) == 2 else ".")
    kept = folder / "secrets"
    if kept.exists() or (folder / ".env").exists():
        print(
            f"{kept} or .env is there already. A new key would make the old data unreadable.", file=sys.stderr
        )
        return 1
    kept.mkdir(mode=0o700, parents=True)
    for name, value in made().items():
        _write(kept / name, value, mode=READABLE)
    _write(folder / ".env", f"PUBLIC_HOST={arguments[0]}\nREGISTER_BASE_URL=\n", mode=0o600)
    print(
        f"{kept}: {len(made())} secrets. Now: tls_certificate and tls_key there, REGISTER_BASE_URL in .env."
    )
    return 0


def made() -> dict[str, str]:
    """Return every secret anew, by the name docker-compose.yml gives it."""
    owner, app, broker = (secrets.token_hex(24) for _ in range(3))
    kid = f"k{secrets.token_hex(3)}"
    return {
        "postgres_password": secrets.token_hex(24),
        "owner_password": owner,
        "app_password": app,
        "broker_password": broker,
        "database_url": f"postgresql://portal_app:{app}@database:5432/portal",
        "owner_database_url": f"postgresql://portal_owner:{owner}@database:5432/portal",
        "redis_url": f"redis://:{broker}@broker:6379/0",
        "secret_key": secrets.token_urlsafe(60),
        "field_keys": json.dumps({kid: _key()}),
        "field_key_active": kid,
        "hash_key": _key(),
        "journal_key": _key(),
        "metrics_token": secrets.token_urlsafe(32),
    }


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _write(path: Path, text: str, *, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
    path.chmod(mode)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
