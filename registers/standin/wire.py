"""As much HTTP/1.1 as the stand-in needs: keep-alive, one request after the other, in one thread, without copies."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

MAX_HEAD = 16_384
MAX_BODY = 1_000_000
_REASONS = {
    200: "OK",
    303: "See Other",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Not Allowed",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back, after a delay; `silent`: nothing ever; `drop`: the connection is closed instead."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    location: str = ""
    delay: float = 0.0
    silent: bool = False
    drop: bool = False


Handler = Callable[[Request], Reply]


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.buffer = b""
        self.busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send small answers at once."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        """Collect bytes until a request is whole."""
        self.buffer += data
        self._next()

    def _next(self) -> None:
        while not self.busy and not self.transport.is_closing():
            try:
                request, self.buffer = parse(self.buffer)
            except ValueError:
                self._send(Reply(400, b"{}"))
                self.transport.close()
                return
            if request is None:
                return
            self._answer(self.handler(request))

    def _answer(self, reply: Reply) -> None:
        if reply.drop:
            self.transport.abort()
        elif reply.silent:
            self.busy = True
        elif reply.delay:
            self.busy = True
            asyncio.get_running_loop().call_later(reply.delay, self._late, reply)
        else:
            self._send(reply)

    def _late(self, reply: Reply) -> None:
        self.busy = False
        if not self.transport.is_closing():
            self._send(reply)
            self._next()

    def _send(self, reply: Reply) -> None:
        lines = [
            f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Stand-in')}",
            f"Content-Type: {reply.kind}",
            f"Content-Length: {len(reply.body)}",
            "Cache-Control: no-store",
        ]
        if reply.location:
            lines.append(f"Location: {reply.location}")
        self.transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + reply.body)


def parse(buffer: bytes) -> tuple[Request | None, bytes]:
    """Return the first whole request and the bytes after it; ValueError for what is no request."""
    head, found, rest = buffer.partition(b"\r\n\r\n")
    if len(head) > MAX_HEAD:
        raise ValueError("head too long")
    if not found:
        return None, buffer
    start, *lines = head.decode("latin-1").split("\r\n")
    method, path, version = start.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if not version.startswith("HTTP/1.") or "transfer-encoding" in headers:
        raise ValueError("not supported")
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= MAX_BODY:
        raise ValueError("body too long")
    if len(rest) < length:
        return None, buffer
    return Request(method, path, headers, rest[:length]), rest[length:]
