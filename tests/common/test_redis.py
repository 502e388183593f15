from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from common.redis import connection
from tests.project.sources import ROOT

TELL = """
import django
django.setup()
from common.redis import connection
told = connection().connection_pool.connection_kwargs
print(told["host"], told["port"], told["password"])
"""


def test_one_client_for_each_process_and_none_that_waits_for_ever() -> None:
    assert connection() is connection()
    options = connection().connection_pool.connection_kwargs
    assert options["socket_timeout"] <= 0.5
    assert options["socket_connect_timeout"] <= 0.5


def test_a_blocking_read_may_wait_as_long_as_it_asks_to() -> None:
    patient = connection(patience=2.5)
    assert patient is connection(patience=2.5)
    assert patient.connection_pool.connection_kwargs["socket_timeout"] == 2.5
    assert patient.connection_pool.connection_kwargs["socket_connect_timeout"] <= 0.5


def test_the_address_may_stand_in_a_file(tmp_path: Path) -> None:
    """As every other secret an orchestrator mounts; in a process of its own, for this one is connected."""
    secret = tmp_path / "broker"
    secret.write_text("redis://:from-a-file@broker.example:6380/3\n", encoding="utf-8")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", "REDIS_URL_FILE": str(secret)}
    environment.pop("REDIS_URL", None)
    said = subprocess.run(
        [sys.executable, "-c", TELL], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["broker.example", "6380", "from-a-file"]


def test_it_reaches_the_broker_of_the_tests() -> None:
    if os.environ["REDIS_URL"].startswith("redis://127.0.0.1:9/"):
        pytest.skip("REDIS_URL is not set")
    connection().set("test:common", "龙湖", ex=5)
    assert connection().getdel("test:common") == "龙湖"
