"""Sending a wake-up when there is no broker, or one that says nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bootstrap.places import ROOT

SEND = """
import django, sys, time
django.setup()
import kombu.exceptions
from records import tasks
started = time.monotonic()
try:
    tasks.seal.apply_async(retry=False)
except kombu.exceptions.OperationalError:
    print(time.monotonic() - started)
"""


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word: the kernel accepts them for a process that hangs."""
    with socket.create_server(("127.0.0.1", 0), backlog=20) as listener:
        yield f"redis://:secret@127.0.0.1:{listener.getsockname()[1]}/0"


def test_a_broker_that_is_down_costs_the_applicant_next_to_nothing() -> None:
    assert sending("redis://127.0.0.1:9/0") < 1.5


def test_nor_does_a_broker_that_hangs(silent: str) -> None:
    assert sending(silent) < 2.5


def sending(broker: str) -> float:
    """Return how long a wake-up that fails takes, in a process of its own: this one's Celery is connected already."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "REDIS_URL": broker}
    done = subprocess.run(
        [sys.executable, "-c", SEND], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout)
