"""No test stands at a depth where each call asks the kernel for memory."""

from __future__ import annotations

import resource

CALLS = 500


def leaf() -> None:
    """Take more room than one step down, so that it reaches over the end of every chunk there is."""


leaf.__code__ = leaf.__code__.replace(co_stacksize=60)


def faults(depth: int) -> int:
    """Return how many pages the kernel had to give for calls at a depth."""
    if depth:
        return faults(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        leaf()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_no_depth_costs_a_page_at_every_call() -> None:
    assert max(faults(depth) for depth in range(300)) < CALLS / 2
