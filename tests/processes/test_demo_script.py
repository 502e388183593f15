"""scripts/demo as a newcomer runs it: in a folder with a difficult name, with its port taken, twice."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootstrap import places
from tests.project import sources

SERVERS = {"DATABASE_URL", "DATABASE_APP_URL", "DATABASE_OWNER_URL", "REDIS_URL", "REGISTER_BASE_URL"}
KEYS = {"SECRET_KEY", "FIELD_KEYS", "FIELD_KEY_ACTIVE", "HASH_KEY", "JOURNAL_KEY"}
TESTS = {
    "TEST_FOLDER",
    "FILES_DIR",
    "SEAL_KEYS_DIR",
    "DEMO",
    "PUBLIC_HOST",
    "JOURNAL_HEADS_FILE",
    "STATIC_ROOT",
    "DJANGO_SETTINGS_MODULE",
}
UP = "Ctrl-C stops everything"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of this checkout, using its virtual environment."""
    folder = tmp_path_factory.mktemp("办 事") / "portal's copy"
    for path in sources.checkout_files():
        target = folder / path.relative_to(sources.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    (folder / ".venv").symlink_to(places.VENV)
    yield folder
    moved = folder / "var" / "postgres" / "moved-to"
    if moved.exists():
        shutil.rmtree(moved.read_text())


class Demo:
    """One run of scripts/demo, from another folder, without the tests' own servers and keys."""

    def __init__(self, checkout: Path, *arguments: str) -> None:
        self.log = checkout.parent / f"demo-{time.monotonic_ns()}.log"
        known = {name: value for name, value in os.environ.items() if name not in SERVERS | KEYS | TESTS}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(checkout / "scripts" / "demo"), *arguments],
                cwd="/",
                env=known,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_until_up(self, seconds: float) -> str:
        """Return the address it printed."""
        until = time.monotonic() + seconds
        while UP not in self.said and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        assert UP in self.said, self.said
        (line,) = [line for line in self.said.splitlines() if "running at" in line]
        return line.split()[-1]

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


def left_behind(checkout: Path) -> list[str]:
    """Return the processes that still work in the copy, or for it."""
    moved = checkout / "var" / "postgres" / "moved-to"
    places = [str(checkout), *([moved.read_text()] if moved.exists() else [])]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            folder = str((process / "cwd").readlink())
            if any(place in command or place in folder for place in places):
                found.append(command)
        except OSError:
            continue
    return found


@pytest.mark.timeout(400)
def test_the_demo_comes_up_goes_down_and_comes_back(checkout: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = Demo(checkout, "--port", str(port))
        address = demo.wait_until_up(300)
        assert f"Port {port} is taken" in demo.said
        assert not address.endswith(f":{port}")
    assert "chenxiuying" in demo.said
    with urllib.request.urlopen(f"{address}/healthz/ready", timeout=10) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(f"{address}/", timeout=10) as answer:
        assert "演示" in answer.read().decode()
    assert (checkout / "var" / "run" / "env").stat().st_mode & 0o777 == 0o600

    second = Demo(checkout)
    assert second.process.wait(30) == 1
    assert f"running already: {address}" in second.said

    assert demo.stop(signal.SIGINT) == 0
    assert left_behind(checkout) == []

    began = time.monotonic()
    again = Demo(checkout, "--port", str(port))
    assert again.wait_until_up(60)
    assert time.monotonic() - began < 45
    assert "Loading" not in again.said
    assert again.stop(signal.SIGTERM) == 0
    assert left_behind(checkout) == []
