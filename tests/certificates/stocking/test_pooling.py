"""Work over processes comes back in order; a process that dies is named, and none outlives who forked it."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest
from django.db import connection

from certificates.stocking.pooling import Pool, WorkerEnded


def test_in_order_from_several_processes() -> None:
    results = list(Pool[int, tuple[int, int]](lambda n: (n * n, os.getpid()), processes=2).ordered(range(9)))
    assert [(n, square) for n, (square, _) in results] == [(n, n * n) for n in range(9)]
    assert len({pid for _, (_, pid) in results}) == 2
    assert os.getpid() not in {pid for _, (_, pid) in results}


def test_more_than_a_pipe_holds_goes_both_ways() -> None:
    pieces = [b"x" * 3_000_000] * 5
    assert [
        len(back) for _, back in Pool[bytes, bytes](lambda piece: piece + b"y", processes=2).ordered(pieces)
    ] == [3_000_001] * 5


def test_a_fault_is_named_without_its_words() -> None:
    def work(n: int) -> int:
        raise ValueError("440507194003150020")

    with pytest.raises(WorkerEnded, match=r"ValueError at .*test_pooling") as caught:
        list(Pool(work, processes=2).ordered(range(3)))
    assert "4405" not in str(caught.value)


def test_a_killed_process_is_noticed() -> None:
    with pytest.raises(WorkerEnded):
        list(Pool[int, int](lambda _: os._exit(9), processes=2).ordered(range(3)))


def test_processes_end_with_the_reader() -> None:
    pids = set()
    for _, pid in Pool[int, int](lambda _: os.getpid(), processes=2).ordered(range(100)):
        pids.add(pid)
        if len(pids) == 2:
            break
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{pid}/stat").exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in pids if Path(f"/proc/{pid}/stat").exists()]


@pytest.mark.django_db(transaction=True)
def test_each_process_has_its_own_connection() -> None:
    def backend(_: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    assert len({pid for _, pid in Pool(backend, processes=2).ordered(range(4))} | {backend(0)}) == 3


def test_without_processes_it_is_done_here() -> None:
    assert list(Pool[int, int](lambda _: os.getpid(), processes=0).ordered([1])) == [(1, os.getpid())]


def test_a_process_of_a_celery_worker_may_have_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)  # type: ignore[attr-defined]  # so they are
    assert [result for _, result in Pool[int, int](lambda n: n + 1, processes=2).ordered([1, 2, 3])] == [
        2,
        3,
        4,
    ]
