"""The demo district, loaded once, put back for each module, and its stand-in registers as a process of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from common import clock
from common.clock import SHANGHAI
from portal.demo.district import loading
from tests import shelving
from tests.factories import seals
from tests.project.sources import ROOT

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(scope="session")
def _district(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Loaded once; returns the stand-in's file."""
    file = tmp_path_factory.mktemp("demo") / "registers.json"
    with django_db_blocker.unblock():
        clock.set_source(lambda: MONDAY)
        shelving.shelve("demo_district", lambda: loading.load(register_file=file))
        seals.remember_keys()
        clock.set_source(None)
    return file


@pytest.fixture(scope="module")
def loaded(_district: Path, django_db_blocker: Any) -> Iterator[Path]:
    """The demo for all tests of a module; returns the stand-in's file. Each test's own changes are undone."""
    with django_db_blocker.unblock(), shelving.undone():
        shelving.put_back("demo_district")
        seals.bring_keys_back()
        yield _district


@pytest.fixture(scope="session")
def stand_in(_district: Path) -> Iterator[str]:
    """The stand-in as scripts/demo starts it, with the file that load_demo wrote; returns its address."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", "serve_registers", "--port", "0", "--data", str(_district)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.readline()
    yield f"http://127.0.0.1:{int(said.partition('127.0.0.1:')[2].partition('/')[0])}"
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=5)
    process.stdout.close()


@pytest.fixture
def demo(loaded: Path, db: None) -> datetime:
    """A Monday morning in the demo district."""
    clock.set_source(lambda: MONDAY)
    return MONDAY


@pytest.fixture
def town(demo: datetime, stand_in: str, settings: Any) -> str:
    """The demo district with registers that answer over HTTP."""
    settings.REGISTER_BASE_URL = stand_in
    return stand_in
