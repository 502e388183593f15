"""Runs the stand-in until it is told to end; on loopback unless told otherwise."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Protocol

from registers.standin.wire import Connection, Reply, Request


class Desk(Protocol):
    """Whatever answers one request after the other."""

    def answer(self, request: Request) -> Reply:
        """Return the reply."""


def serve(
    desk: Desk, *, port: int, host: str = "127.0.0.1", ready: Callable[[int], None] = lambda _port: None
) -> None:
    """Answer until SIGTERM or Ctrl-C; `ready` is told the port once it listens."""
    asyncio.run(_serve(desk, host=host, port=port, ready=ready))


async def _serve(desk: Desk, *, host: str, port: int, ready: Callable[[int], None]) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await loop.create_server(lambda: Connection(desk.answer), host, port, backlog=512)
    ready(server.sockets[0].getsockname()[1])
    await ended.wait()
    server.close()
