"""Work spread over processes of our own, in order: they are forked, and end by themselves when this one is killed."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection, Pipe
from typing import Generic, TypeVar

from django.db import connections

T = TypeVar("T")
R = TypeVar("R")
KINDNESS = 5  # an import yields to whoever waits for a decision


class WorkerEnded(RuntimeError):
    """A process failed or was killed; what it worked on is not done."""


class Pool(Generic[T, R]):
    """Some processes, each with at most one piece of work: nothing is sent to who is not listening."""

    def __init__(self, work: Callable[[T], R], *, processes: int) -> None:
        """Remember the work; processes are forked when the first piece comes."""
        self._work, self._processes = work, processes

    def ordered(self, pieces: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Give each piece with its result, in order; the next ones are worked on while this one is used."""
        if not self._processes:
            yield from ((piece, self._work(piece)) for piece in pieces)
            return
        waiting = iter(pieces)
        with ExitStack() as stack:
            lines = [self._forked(stack) for _ in range(self._processes)]
            busy: list[tuple[Connection, T]] = []
            for line in lines:
                _hand_over(line, waiting, busy)
            while busy:
                line, piece = busy.pop(0)
                result: R = _answer(line)
                _hand_over(line, waiting, busy)
                yield piece, result

    def _forked(self, stack: ExitStack) -> Connection:
        """Start one process. Connections to the database are closed before: two must not share one.

        By os.fork: processes of a Celery worker are daemons, which multiprocessing allows no children.
        """
        connections.close_all()
        here, there = Pipe()
        pid = os.fork()
        if not pid:
            try:
                self._serve(here, there)
            finally:
                os._exit(0)
        there.close()
        stack.callback(os.waitpid, pid, 0)
        stack.callback(here.close)  # the process reads the end of its line, and leaves
        return here

    def _serve(self, here: Connection, there: Connection) -> None:
        here.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.nice(KINDNESS)
        gc.freeze()  # what was there before the fork stays to the end, and shared
        gc.disable()  # thousands of rows at once are no reason to search for cycles: once a piece is enough
        try:
            while True:
                there.send(("done", self._work(there.recv())))
                gc.collect(0)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass
        except Exception as error:  # noqa: BLE001 -- named, and raised where somebody reads it
            there.send(("failed", f"{type(error).__name__} at {_where(error)}"))
        finally:
            connections.close_all()


def _hand_over(line: Connection, waiting: Iterator[T], busy: list[tuple[Connection, T]]) -> None:
    for piece in waiting:
        line.send(piece)
        busy.append((line, piece))
        return


def _answer(line: Connection) -> R:  # type: ignore[type-var]  # what the work gives, over a pipe
    try:
        word, result = line.recv()
    except (EOFError, ConnectionResetError) as error:
        raise WorkerEnded("a process of the import was killed") from error
    if word == "failed":
        raise WorkerEnded(str(result))
    return result  # type: ignore[no-any-return]


def _where(error: BaseException) -> str:
    """Return file and line of a fault; its words may hold what a row says."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
