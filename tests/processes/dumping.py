"""Everything a portal has written: every table, every key and message of its broker, every file."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import redis

from bench.town import Town

TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
 WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


def tables(url: str) -> dict[str, bytes]:
    """Return every row of every table as PostgreSQL writes it; binary columns are hex there."""
    line = psycopg2.connect(url)
    try:
        with line.cursor() as cursor:
            cursor.execute(TABLES)
            names = [str(name) for (name,) in cursor.fetchall()]
            return {name: _rows(cursor, name) for name in names}
    finally:
        line.close()


def _rows(cursor: psycopg2.extensions.cursor, table: str) -> bytes:
    target = io.BytesIO()
    cursor.copy_expert(f"COPY {table} TO STDOUT", target)
    return target.getvalue()


def broker(url: str) -> dict[str, bytes]:
    """Return every key of every database of the broker with all it holds."""
    found: dict[str, bytes] = {}
    with redis.Redis.from_url(url) as client:
        for number in sorted(client.info("keyspace")):
            client.select(int(number.removeprefix("db")))
            for key in client.scan_iter():
                found[f"{number} {key.decode()}"] = key + b"\n" + _value(client, key)
    return found


def _value(client: Any, key: bytes) -> bytes:
    match client.type(key):
        case b"list":
            return b"\n".join(client.lrange(key, 0, -1))
        case b"set":
            return b"\n".join(client.smembers(key))
        case b"hash":
            return b"\n".join(part for pair in client.hgetall(key).items() for part in pair)
        case b"zset":
            return b"\n".join(client.zrange(key, 0, -1))
        case b"string":
            return bytes(client.get(key) or b"")
        case b"none":  # gone between the listing and the look: a worker acknowledged its last message
            return b""
        case other:
            raise AssertionError(f"{key!r} is a {other!r}: say how to read it")


@contextmanager
def overhearing(url: str) -> Iterator[list[bytes]]:
    """Collect every command the broker is given meanwhile (MONITOR)."""
    parts = urlsplit(url)
    heard: list[bytes] = []
    with socket.create_connection((str(parts.hostname), parts.port)) as line:
        line.sendall(f"AUTH {parts.password}\r\nMONITOR\r\n".encode())
        thread = threading.Thread(
            target=lambda: heard.extend(iter(lambda: line.recv(65536), b"")), daemon=True
        )
        thread.start()
        yield heard
        line.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def files(town: Town) -> Iterator[tuple[Path, bytes]]:
    """Give every file below the town's folder, PostgreSQL's own among them."""
    for folder in {town.folder, town.server.home}:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "static" not in path.relative_to(folder).parts:
                yield path, path.read_bytes()
