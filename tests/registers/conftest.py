"""The stand-in as a process of its own, over real HTTP, and a raw server for what the stand-in does not do."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from registers import defining
from registers.models import Register
from tests.forgetting import forget_registers

ROOT = Path(__file__).resolve().parents[2]
ALIVE: dict[str, Any] = {
    "name": "test_alive",
    "label": "测试登记",
    "provider": "测试局",
    "basis": "测试依据",
    "path": "/test_alive",
    "key": {"id_number": "applicant.id_number"},
    "fields": {"dead": {"type": "boolean", "label": "死亡登记"}, "since": {"type": "date", "label": "日期"}},
    "timeout_ms": 400,
}
COUNTED: dict[str, Any] = {
    **ALIVE,
    "name": "test_count",
    "path": "/deep/test_count",
    "fields": {"count": {"type": "integer", "label": "项数"}, "city": {"type": "text", "label": "城市"}},
    "no_hit": {"count": 0},
}


class StandIn:
    """A running stand-in."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"

    def tell(self, **order: Any) -> dict[str, Any]:
        """Give an order through /control and return the state of every register by name."""
        request = urllib.request.Request(f"{self.url}/control", json.dumps(order).encode())
        with urllib.request.urlopen(request, timeout=5) as answer:
            return {one["register"]: one for one in json.load(answer)["registers"]}


def start(data: Path, *, port: int = 0) -> StandIn:
    """Start the stand-in on a free port and wait until it says where it is."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", "serve_registers", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.readline()
    return StandIn(process, int(said.partition("127.0.0.1:")[2].partition("/")[0]))


@pytest.fixture(scope="session")
def _stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    running = start(tmp_path_factory.mktemp("standin") / "registers.json")
    yield running
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=5) == 0


@pytest.fixture
def stand_in(_stand_in: StandIn, settings: Settings) -> StandIn:
    """The stand-in without faults, where the product looks for registers."""
    settings.REGISTER_BASE_URL = _stand_in.url
    _stand_in.tell(reset=True)
    for name in ("test_alive", "test_count"):
        _stand_in.tell(register=name, clear=True)
    return _stand_in


@pytest.fixture
def registers(transactional_db: None) -> dict[str, Register]:
    """Two stored registers, with nothing remembered of earlier tests."""
    forget_registers()
    for definition in (ALIVE, COUNTED):
        defining.save(definition)
    return {one.name: one for one in Register.objects.order_by("name")}


def _whole(accepted: socket.socket) -> bytes:
    """Read one request with its body."""
    found = b""
    while True:
        found += accepted.recv(65536)
        head, end, body = found.partition(b"\r\n\r\n")
        if end and len(body) >= int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            return found


@pytest.fixture
def raw_server(settings: Settings) -> Iterator[Callable[..., list[bytes]]]:
    """Answers each connection with one handler: handler(socket, request bytes); returns what was received."""
    listener = socket.create_server(("127.0.0.1", 0))
    received: list[bytes] = []

    def serve(*handlers: Callable[[socket.socket], None]) -> list[bytes]:
        def run() -> None:
            for handler in handlers:
                try:
                    accepted, _ = listener.accept()
                except OSError:
                    return
                with accepted:
                    accepted.settimeout(5)
                    received.append(_whole(accepted))
                    try:
                        handler(accepted)
                    except OSError:
                        continue

        threading.Thread(target=run, daemon=True).start()
        return received

    settings.REGISTER_BASE_URL = f"http://127.0.0.1:{listener.getsockname()[1]}"
    yield serve
    listener.close()
