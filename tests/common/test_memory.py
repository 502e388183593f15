"""Room on the interpreter's stack: measured in threads, each of which has a stack of its own."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from threading import Thread
from types import CodeType

import pytest

from common import memory

CALLS, DEPTHS = 300, 300


def leaf() -> None:
    """Take more room than one step down, so that it reaches over the end of every chunk there is."""


leaf.__code__ = leaf.__code__.replace(co_stacksize=60)


def faults(depth: int) -> int:
    """Return how many pages the kernel gave this thread for calls at a depth."""
    if depth:
        return faults(depth - 1)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        leaf()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def worst() -> int:
    return max(faults(depth) for depth in range(DEPTHS))


def in_a_thread(function: Callable[[], int]) -> int:
    found: list[int] = []
    thread = Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def test_above_a_wide_frame_no_depth_costs_a_page_at_every_call() -> None:
    assert in_a_thread(memory.roomy(worst)) < CALLS / 2


def test_every_test_stands_above_one() -> None:
    """See tests/roominess.py."""
    assert worst() < CALLS / 2


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="measured with CPython 3.11")
def test_without_it_some_depth_does() -> None:
    assert in_a_thread(worst) >= CALLS


def test_its_code_is_not_taken_for_the_one_without_room() -> None:
    """Coverage finds functions by their code, and codes that differ by their room alone are equal."""
    (inner,) = [one for one in memory.roomy.__code__.co_consts if isinstance(one, CodeType)]
    assert inner == inner.replace(co_stacksize=memory.WIDE)
    assert inner != memory.roomy(worst).__code__


def test_a_roomy_function_is_called_as_it_was() -> None:
    def told(*words: str, end: str) -> str:
        """Say it."""
        return " ".join(words) + end

    assert memory.roomy(told)("a", "b", end=".") == "a b."
    with pytest.raises(TypeError, match="end"):
        memory.roomy(told)("a")  # type: ignore[call-arg]
