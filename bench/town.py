"""A whole portal of its own in one folder: PostgreSQL, broker, registers, web server, worker, timetable.

The same programs as scripts/demo, on free ports of the loopback address; everything goes when the town is closed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bootstrap import keys, places, postgres, programs
from bootstrap.broker import Broker
from bootstrap.console import Trouble
from bootstrap.environment import PYTHON, child_environment
from bootstrap.managing import Manage
from bootstrap.postgres import Server
from bootstrap.supervising import Program, Running, end, launch, wait_until_ready


@dataclass
class Town:
    """Where everything stands; programs are started, stopped and killed by name."""

    folder: Path
    server: Server
    broker: Broker
    environment: dict[str, str]
    site: str
    registers: str
    gateway_port: int = 0
    running: dict[str, Running] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """The folder of the log files."""
        return self.folder / "log"

    @property
    def register_file(self) -> Path:
        """What the stand-in registers know."""
        return self.folder / "var" / "registers.json"

    def manage(self, *arguments: str, owner: bool = False) -> str:
        """Run one manage.py command as portal_app, or as the tables' owner."""
        environment = dict(self.environment)
        if owner:
            environment["DATABASE_URL"] = self.server.url("portal_owner")
        return Manage(environment, self.log / "setup.log")(*arguments)

    def run(self, *arguments: str) -> str:
        """Run Python with these arguments in the portal's environment; return what it printed."""
        command = [str(PYTHON), *arguments]
        done = subprocess.run(
            command, cwd=places.ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Trouble(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}", advice=f"Logs: {self.log}")
        return done.stdout

    def start(self, name: str) -> None:
        """Start one program by name, and wait until it is ready."""
        program = self._program(name)
        self.running[name] = Running(program, launch(program, tied=True))
        try:
            wait_until_ready(program, self.running[name].process)
        except BaseException:  # what never was ready does not run
            self.kill(name)
            raise

    def have(self, *names: str) -> None:
        """Start those of these programs that do not run."""
        for name in names:
            if name not in self.running:
                self.start(name)

    def stop(self, name: str) -> None:
        """End one program as an operator would."""
        end(self.running.pop(name))

    def kill(self, name: str) -> None:
        """End one program and its children without warning."""
        process = self.running.pop(name).process
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        """End everything, the newest first."""
        for name in reversed(list(self.running)):
            self.stop(name)

    def _program(self, name: str) -> Program:
        match name:
            case "postgres":
                return self.server.program()
            case "broker":
                return self.broker.program()
            case "web":
                return programs.web(
                    self.environment, log=self.log, port=_port(self.site), ready=self._answers
                )
            case "worker":
                return programs.worker(self.environment, log=self.log)
            case "beat":
                return programs.beat(self.environment, log=self.log, schedule=self.folder / "beat-schedule")
        return self._standin(name)

    def _standin(self, name: str) -> Program:
        if name == "gateway":
            return programs.gateway(self.environment, log=self.log, port=self.gateway_port)
        if name != "registers":
            raise KeyError(name)
        program = programs.registers(self.environment, log=self.log, port=_port(self.registers))
        return replace(program, command=[*program.command, "--data", self.register_file])

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.site}/healthz/live", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def opened(*, throwaway: bool = False, demo: bool = True) -> Iterator[Town]:
    """Yield a town with tables and the demo district, nothing of the portal running yet.

    `throwaway` lets PostgreSQL skip its syncs: for tests, never for a measurement.
    """
    folder = Path(tempfile.mkdtemp(prefix="portal-town-"))
    folder.chmod(0o711)  # PostgreSQL's unprivileged user passes through
    town = _planned(folder, throwaway=throwaway)
    try:
        town.server.create_if_missing()
        for name in ("postgres", "broker"):
            town.start(name)
        town.server.make_roles()
        town.manage("migrate", "--no-input", "-v0", owner=True)
        town.manage("database_roles", owner=True)
        town.manage("collectstatic", "--no-input", "-v0")
        if demo:
            town.manage("load_demo", "--registers", str(town.register_file))
        yield town
    finally:
        town.stop_all()
        postgres.remove(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def _planned(folder: Path, *, throwaway: bool) -> Town:
    for name in ("log", "var"):
        (folder / name).mkdir()
    log = folder / "log"
    server = postgres.open_server(
        folder / "postgres", secrets_file=folder / "passwords", log=log / "postgres.log", throwaway=throwaway
    )
    broker = Broker(folder / "valkey", log=log / "valkey.log")
    site, registers = (f"http://127.0.0.1:{places.free_port()}" for _ in range(2))
    environment = child_environment(
        **keys.new_secrets(),
        DEMO="1",
        PUBLIC_HOST="127.0.0.1",
        DATABASE_URL=server.url("portal_app"),
        REDIS_URL=broker.url(),
        REGISTER_BASE_URL=registers,
        JOURNAL_HEADS_FILE=str(folder / "var" / "heads.jsonl"),
        FILES_DIR=str(folder / "var" / "files"),
        SEAL_KEYS_DIR=str(folder / "var" / "seal-keys"),
        CLAMD_URL="",
        STATIC_ROOT=str(folder / "static"),
    )
    environment.pop("DATABASE_OWNER_URL", None)
    environment |= programs.gateway_settings(gateway := places.free_port())
    environment["TELL_WINDOW_SECONDS"] = "2"
    return Town(folder, server, broker, environment, site, registers, gateway)


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])
