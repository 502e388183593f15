"""Threads that start together, each with its own database connection."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def in_threads(work: Callable[[int], Any], *, threads: int) -> list[Any]:
    """Run `work(number)` once in each thread and return the answers in order."""
    barrier = Barrier(threads)

    def run(number: int) -> Any:
        try:
            barrier.wait(timeout=30)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(run, number) for number in range(threads)]]


def wait_for_a_lock() -> None:
    """Return once some connection of this database waits for a lock; closes this thread's connection."""
    try:
        for _ in range(500):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*), pg_sleep(0.01) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cursor.fetchone()[0]:
                    return
        raise AssertionError("nobody waits")
    finally:
        connection.close()
