"""The register stand-in in a thread: real HTTP on loopback, faults set by the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from registers.standin.book import Book
from registers.standin.desk import Desk, Fault, FaultKind
from registers.standin.wire import Connection, Handler


class Standin:
    """A running stand-in; `know` adds records, `fail` makes one register fail."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.port = 0

    @property
    def url(self) -> str:
        """Return the base address."""
        return f"http://127.0.0.1:{self.port}"

    def know(self, register: str, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Add one record."""
        self.desk.book.add(register, [(key, values)])

    def fail(self, register: str, kind: FaultKind, *, ms: int = 0) -> None:
        """Make a register fail until told otherwise."""
        self.desk.faults[register] = Fault(kind, ms)

    def heal(self) -> None:
        """End all faults."""
        self.desk.faults.clear()


@contextmanager
def running(names: list[str]) -> Iterator[Standin]:
    """Serve registers of these names from a thread of this process."""
    standin = Standin(Desk(Book(names=names)))
    with serving(standin.desk.answer) as standin.port:
        yield standin


@contextmanager
def serving(answer: Handler) -> Iterator[int]:
    """Serve any stand-in from a thread of this process; gives its port."""
    loop = asyncio.new_event_loop()
    started = threading.Event()
    transports: list[asyncio.BaseTransport] = []
    ports: list[int] = []

    class Kept(Connection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transports.append(transport)
            super().connection_made(transport)

    async def serve() -> None:
        server = await loop.create_server(lambda: Kept(answer), "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        started.set()
        try:
            await server.serve_forever()
        finally:
            for transport in transports:
                transport.close()
            await asyncio.sleep(0)

    task = loop.create_task(serve())
    thread = threading.Thread(target=_run, args=(loop, task), daemon=True)
    thread.start()
    started.wait(5)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(5)


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        pass
    finally:
        loop.close()
