"""Starts and stops the portal's processes for tests, each once, with the programs that scripts/demo starts."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings

from bootstrap import places, programs
from bootstrap.environment import PYTHON
from bootstrap.supervising import Program, Running, end, launch, wait_until_ready
from common import clock


def app_environment(*, database: str, register_port: int) -> dict[str, str]:
    """Return the environment of a product process: the product's settings on the test database as portal_app."""
    url = os.environ.get("DATABASE_APP_URL") or _as_portal_app(os.environ["DATABASE_URL"])
    parts = urlsplit(url)
    app_url = urlunsplit(parts._replace(path=f"/{quote(database)}"))
    taken = {**os.environ, "DATABASE_URL": app_url, "REGISTER_BASE_URL": f"http://127.0.0.1:{register_port}"}
    taken["STATIC_ROOT"] = str(settings.STATIC_ROOT) + "-collected"
    taken.pop("DATABASE_OWNER_URL", None)
    return {**taken, "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONUNBUFFERED": "1"}


def _as_portal_app(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"portal_app{parts.netloc[parts.netloc.index(':') :]}"))


def url_answers(url: str) -> bool:
    """Return whether the address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def mark_demo() -> None:
    """Mark the emptied database as a demo's, without which no process with DEMO=1 starts."""
    if settings.DEMO:
        from portal.demo.district import loading  # there is no such app without DEMO

        loading.mark(at=clock.now())


class Processes:
    """The processes of one test session, by name: web, worker, registers."""

    def __init__(self, environment: dict[str, str], *, log: Path) -> None:
        self.environment = environment
        self.log = log
        self.running: dict[str, Running] = {}
        self._site = ""

    def site(self) -> str:
        """Start gunicorn unless it runs; return its address."""
        if "web" not in self.running:
            self._collect_static()
            port = places.free_port()
            self._site = f"http://127.0.0.1:{port}"
            ready = lambda: url_answers(f"{self._site}/healthz/live")  # noqa: E731
            self.start("web", programs.web(self.environment, log=self.log, port=port, ready=ready))
        return self._site

    def registers(self) -> str:
        """Start the stand-in registers unless they run; return their address."""
        address = self.environment["REGISTER_BASE_URL"]
        if "registers" not in self.running:
            port = urlsplit(address).port or 0
            self.start("registers", programs.registers(self.environment, log=self.log, port=port))
        return address

    def start_worker(self, **told: str) -> None:
        """Start a Celery worker unless one runs, and wait until it takes messages; `told` goes to its environment."""
        if "worker" in self.running and self.running["worker"].process.poll() is not None:
            self.kill("worker")
        if "worker" not in self.running:
            (self.log / "worker.log").unlink(missing_ok=True)
            self.start("worker", programs.worker({**self.environment, **told}, log=self.log))

    def start_beat(self) -> None:
        """Start the timetable."""
        self.start("beat", programs.beat(self.environment, log=self.log, schedule=self.log / "beat-schedule"))

    def start(self, name: str, program: Program) -> None:
        """Start one program and wait until it is ready."""
        self.running[name] = Running(program, launch(program))
        wait_until_ready(program, self.running[name].process)

    def stop(self, name: str) -> None:
        """End one program as an operator would."""
        if name in self.running:
            end(self.running.pop(name))

    def kill(self, name: str) -> None:
        """End one program and its children without warning; what a test is done with need not say goodbye."""
        if (running := self.running.pop(name, None)) is not None:
            os.killpg(running.process.pid, signal.SIGKILL)
            running.process.wait()

    def kill_all(self) -> None:
        """End everything, the newest first."""
        for name in reversed(list(self.running)):
            self.kill(name)

    def _collect_static(self) -> None:
        command = [str(PYTHON), str(places.ROOT / "manage.py"), "collectstatic", "--no-input", "-v0"]
        command += ["--ignore", "rest_framework"]  # its pages are not served
        subprocess.run(command, env=self.environment, cwd=places.ROOT, check=True)
