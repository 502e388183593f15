"""Numbers a process counts by itself. The rest is counted in the database, once for all processes (gauges.py).

Each gunicorn worker writes its numbers into files of PROMETHEUS_MULTIPROC_DIR; the page adds them up. A worker has a
slot (METRICS_SLOT) and not its pid for a name, so that the one that takes its place goes on counting in its files and
their number does not grow.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, values

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SLOT = "METRICS_SLOT"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def slot() -> str:
    """Return under which name this process keeps its numbers."""
    return os.environ.get(SLOT) or str(os.getpid())


if os.environ.get(FOLDER):
    values.ValueClass = values.MultiProcessValue(slot)  # type: ignore[no-untyped-call]  # it has no types

HERE = CollectorRegistry()
REQUESTS = Histogram(
    "portal_request_seconds",
    "Time to answer a request, by the route of its address.",
    ["route", "method", "status"],
    buckets=SECONDS,
    registry=HERE,
)
MASKED = Counter(
    "portal_log_lines_masked",
    "Log lines in which a number had to be masked: look for who wrote them.",
    registry=HERE,
)
