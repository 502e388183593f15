"""A gateway in a thread: real HTTP on loopback. It knows each letter by its id, as the protocol asks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from accounts.telling.sending import gateway

SECRET = "the gateway's secret"


class Gateway:
    """What a provider keeps: the letters it took by id, every request, and how it answers now."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self.status = 200
        self.url = ""

    def answer(self, body: bytes, headers: Any) -> int:
        told = json.loads(body)
        self.asked.append(told)
        good = gateway.signed(body, timestamp=headers["X-Timestamp"], secret=SECRET)
        if headers["X-Signature"] != good or headers["Idempotency-Key"] != told["id"]:
            return 401
        if self.status < 300:
            self.taken.setdefault(told["id"], told)
        return self.status

    @property
    def letters(self) -> list[dict[str, Any]]:
        return list(self.taken.values())


@contextmanager
def running() -> Iterator[Gateway]:
    known = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(known.answer(body, self.headers))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}/sms"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
