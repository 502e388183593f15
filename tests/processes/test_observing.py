"""What operators see of real processes: every line JSON, one id through all, numbers of all workers added up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bootstrap import places, programs
from bootstrap.supervising import Running, end, launch, wait_until_ready
from tests.processes.running import Processes, url_answers
from tests.processes.watching import within

pytestmark = pytest.mark.process
ASKED = 24
SENT = "00112233445566778899aabbccddeeff"
LABELS = {"route": "check", "method": "GET", "status": "2xx"}


@dataclass
class Server:
    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def get(self, path: str, **headers: str) -> Any:
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            return urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            return error

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.log / "web.log").read_text(encoding="utf-8").splitlines()]

    def counted(self) -> float:
        body = self.get("/metrics", Authorization="Bearer t0ken").read().decode()
        families = text_string_to_metric_families(body)
        wanted = [s for f in families for s in f.samples if s.name == "portal_request_seconds_count"]
        return sum(sample.value for sample in wanted if sample.labels == LABELS)

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(
            encoding="ascii"
        )
        return [int(pid) for pid in children.split()]


@pytest.fixture
def server(processes: Processes, tmp_path: Path) -> Iterator[Server]:
    """A gunicorn of two processes as production runs it."""
    processes.site()  # collects the static files
    port = places.free_port()
    url = f"http://127.0.0.1:{port}"
    told = {
        "LOG_FORMAT": "json",
        "METRICS_TOKEN": "t0ken",
        "WEB_PROCESSES": "2",
        "BEHIND_PROXY": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "numbers"),
    }
    program = programs.web(
        {**processes.environment, **told},
        log=tmp_path,
        port=port,
        ready=lambda: url_answers(f"{url}/healthz/live"),
    )
    running = Running(program, launch(program))
    wait_until_ready(program, running.process)
    yield Server(url, tmp_path, running.process)
    end(running)


def test_lines_ids_and_numbers(server: Server, tmp_path: Path) -> None:
    for number in range(ASKED):
        answer = server.get(f"/check?number={number}", **{"X-Request-ID": f"{number:032x}"})
        assert answer.headers["X-Request-ID"] == f"{number:032x}"
    assert server.counted() == ASKED
    mine = [line for line in server.lines() if line.get("route") == "check"]
    assert {line["request_id"] for line in mine} == {f"{number:032x}" for number in range(ASKED)}
    assert {line["logger"] for line in server.lines()} >= {"gunicorn.error", "portal.request"}

    files = {path.name for path in (tmp_path / "numbers").iterdir()}
    before = server.workers()
    os.kill(before[0], signal.SIGTERM)
    assert within(10, lambda: len(server.workers()) == 2 and set(server.workers()) != set(before))
    assert within(10, lambda: server.get("/healthz/live").status == 200)
    assert server.counted() == ASKED
    for _ in range(ASKED):
        server.get("/check")
    assert server.counted() == 2 * ASKED
    assert {path.name for path in (tmp_path / "numbers").iterdir()} <= files | {
        name.replace("web0", "web1") for name in files
    } | {name.replace("web1", "web0") for name in files}
