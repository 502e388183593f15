"""Sending a wake-up when there is no broker."""

from __future__ import annotations

import os
import subprocess
import sys
import time

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


def test_a_broker_that_is_down_costs_the_applicant_next_to_nothing() -> None:
    """In a process of its own: the application of this one is connected already."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "REDIS_URL": "redis://127.0.0.1:9/0",
    }
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SEND], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1.5, f"{time.monotonic() - began:.1f} s in all"
