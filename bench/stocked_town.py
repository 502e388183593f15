"""A database with a store of certificates that stays: PostgreSQL and keys under var/bench, nothing else of a portal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.town import Town
from bootstrap import keys, places, postgres
from bootstrap.broker import Broker
from bootstrap.environment import child_environment


def folder_of(size: int) -> Path:
    """Return where the store of a size lies."""
    return places.VAR / "bench" / f"store-{size}"


@contextmanager
def opened(folder: Path) -> Iterator[Town]:
    """Yield the store with its tables and the demo district; it is made when it is not there, and stays."""
    for one in (places.VAR, places.VAR / "bench", folder, folder / "log", folder / "var"):
        one.mkdir(exist_ok=True)
        one.chmod(0o711)  # PostgreSQL's unprivileged user passes through
    log = folder / "log"
    server = postgres.open_server(
        folder / "postgres", secrets_file=folder / "passwords", log=log / "postgres.log"
    )
    place = Town(folder, server, Broker(folder / "valkey", log=log / "valkey.log"), {}, "", "")
    place.environment = _environment(place)
    made = server.create_if_missing()
    place.start("postgres")
    try:
        if made:
            server.make_roles()
        place.manage("migrate", "--no-input", "-v0", owner=True)
        place.manage("database_roles", owner=True)
        if made:
            place.manage("load_demo", "--registers", str(place.register_file))
        yield place
    finally:
        place.stop_all()


def _environment(place: Town) -> dict[str, str]:
    """Return the environment of the product's programs; the keys are made up once, for people who do not exist."""
    secrets = place.folder / "keys.json"
    if not secrets.exists():
        secrets.write_text(json.dumps(keys.new_secrets()))
        secrets.chmod(0o600)
    environment = child_environment(
        **json.loads(secrets.read_text()),
        DEMO="1",
        PUBLIC_HOST="127.0.0.1",
        DATABASE_URL=place.server.url("portal_app"),
        REDIS_URL="redis://127.0.0.1:9/0",
        REGISTER_BASE_URL="http://127.0.0.1:9",
        JOURNAL_HEADS_FILE=str(place.folder / "var" / "heads.jsonl"),
        FILES_DIR=str(place.folder / "var" / "files"),
        SEAL_KEYS_DIR=str(place.folder / "var" / "seal-keys"),
        CLAMD_URL="",
    )
    environment.pop("DATABASE_OWNER_URL", None)
    return environment
