"""Starts, watches and stops programs: each in a process group of its own, ended by its own id and nothing else."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bootstrap.console import Trouble, say
from bootstrap.places import ROOT, write_private

PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
RESTARTS, WITHIN = 3, 60.0  # a program that ends more often than this is not restarted again
LOG_LIMIT = 5_000_000


@dataclass(frozen=True)
class Program:
    """What to run and how to end it. `account` are Popen's user arguments, for PostgreSQL under root."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    folder: Path = ROOT
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 20.0
    account: Mapping[str, Any] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    wait: float = 60.0


@dataclass
class Running:
    """A program that was started, and when it was started again."""

    program: Program
    process: subprocess.Popen[bytes]
    restarts: list[float] = field(default_factory=list)


def identity(pid: int) -> str:
    """Return what tells this process from a later one with the same number, or "" when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return ""
        asked = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)
        return asked.stdout.strip()
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else f"{boot} {fields[19]}"


class Supervisor:
    """The programs of one script. `record` remembers them, should this script be killed."""

    def __init__(self, record: Path) -> None:
        self.record = record
        self.running: list[Running] = []

    def start(self, program: Program) -> None:
        """Start a program and wait until it is ready."""
        running = Running(program, launch(program))
        self.running.append(running)
        self._remember()
        wait_until_ready(program, running.process)

    def watch(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Look after the programs for ever; one that ends is started again, a few times."""
        while not until():
            for running in self.running:
                if (code := running.process.poll()) is not None:
                    self._restart(running, code=code)
            time.sleep(0.5)

    def stop(self) -> None:
        """End everything that was started, the last one first."""
        while self.running:
            end(self.running.pop())
        self.record.unlink(missing_ok=True)

    def stop_leftovers(self) -> None:
        """End what an earlier run of this script left behind when it was killed."""
        try:
            left = json.loads(self.record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        for entry in reversed(left):
            if entry["identity"] and identity(entry["pid"]) == entry["identity"]:
                say(f"  Ending {entry['name']} (process {entry['pid']}), left by a run that was killed")
                end_leftover(entry["pid"], stop_signal=entry["signal"], known=entry["identity"])
        self.record.unlink(missing_ok=True)

    def _restart(self, running: Running, *, code: int) -> None:
        program, now = running.program, time.monotonic()
        running.restarts = [moment for moment in running.restarts if now - moment < WITHIN] + [now]
        if len(running.restarts) > RESTARTS:
            raise Trouble(
                f"{program.name} ended {len(running.restarts)} times within a minute"
                f" ({how_it_ended(code)}). Its last lines:\n{tail(program.log)}",
                advice=f"Everything else is being stopped. The whole log: {program.log}",
            )
        say(f"! {program.name} ended ({how_it_ended(code)}); starting it again. Its log: {program.log}")
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(running.process.pid, signal.SIGKILL)
        running.process = launch(program)
        self._remember()

    def _remember(self) -> None:
        entries = [
            {
                "name": running.program.name,
                "pid": running.process.pid,
                "identity": identity(running.process.pid),
                "signal": int(running.program.stop_signal),
            }
            for running in self.running
        ]
        write_private(self.record, json.dumps(entries))


def launch(program: Program, *, tied: bool = False) -> subprocess.Popen[bytes]:
    """Start a program in its own session, its output in its log file.

    `tied`: on Linux it is asked to end when this script ends, were it killed.
    """
    tie = partial(_tie, program.stop_signal) if tied and sys.platform == "linux" else None
    mode = "ab" if program.log.exists() and program.log.stat().st_size < LOG_LIMIT else "wb"
    with program.log.open(mode) as log:
        return subprocess.Popen(
            [str(part) for part in program.command],
            cwd=program.folder,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=tie,  # noqa: PLW1509 -- it only calls prctl
            **program.account,
        )


def _tie(stop_signal: signal.Signals) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop_signal)


def wait_until_ready(program: Program, process: subprocess.Popen[bytes]) -> None:
    """Return when the program answers; Trouble with its last lines when it ends or takes too long."""
    until = time.monotonic() + program.wait
    while program.ready is not None and not program.ready():
        if (code := process.poll()) is not None:
            what = f"{program.name} did not start ({how_it_ended(code)})"
        elif time.monotonic() > until:
            what = f"{program.name} did not answer within {program.wait:.0f} s"
        else:
            time.sleep(0.05)
            continue
        raise Trouble(f"{what}. Its last lines:\n{tail(program.log)}", advice=f"The whole log: {program.log}")


def end(running: Running) -> None:
    """Ask the program to end, then insist; its whole process group goes with it."""
    process, program = running.process, running.program
    if process.returncode is not None:
        return
    if not _ends_within(process.pid, 0):
        os.kill(process.pid, program.stop_signal)
        if not _ends_within(process.pid, program.patience):
            say(f"  {program.name} did not end within {program.patience:.0f} s; killing it")
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # stragglers too: until it is reaped, the number stays ours
    process.wait()


def _ends_within(pid: int, seconds: float) -> bool:
    """Wait for the end of a child without reaping it."""
    until = time.monotonic() + seconds
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() >= until:
            return False
        time.sleep(0.05)
    return True


def end_leftover(pid: int, *, stop_signal: int, known: str, patience: float = 15.0) -> None:
    """End a process that is not our child, as long as it is still the one that is known."""
    until = time.monotonic() + patience
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, stop_signal)
        while identity(pid) == known and time.monotonic() < until:
            time.sleep(0.1)
        if identity(pid) == known:
            os.killpg(pid, signal.SIGKILL)
            time.sleep(0.2)


def how_it_ended(code: int) -> str:
    """Return the exit code or the signal in words."""
    if code >= 0:
        return f"exit code {code}"
    return f"killed by {signal.Signals(-code).name}"


def tail(log: Path, *, lines: int = 15) -> str:
    """Return the end of a log file."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
