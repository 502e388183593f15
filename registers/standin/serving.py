"""Runs the stand-in on loopback until it is told to end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from registers.standin.desk import Desk
from registers.standin.wire import Connection


def serve(desk: Desk, *, port: int, ready: Callable[[int], None] = lambda _port: None) -> None:
    """Answer on 127.0.0.1 until SIGTERM or Ctrl-C; `ready` is told the port once it listens."""
    asyncio.run(_serve(desk, port=port, ready=ready))


async def _serve(desk: Desk, *, port: int, ready: Callable[[int], None]) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await loop.create_server(lambda: Connection(desk.answer), "127.0.0.1", port, backlog=512)
    ready(server.sockets[0].getsockname()[1])
    await ended.wait()
    server.close()
