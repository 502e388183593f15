"""Real small programs: started, watched, ended, with what they started themselves, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootstrap import supervising
from bootstrap.console import Trouble
from bootstrap.supervising import Program, Supervisor

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = (
    "import subprocess, sys, time\n"
    f"print(subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]).pid, flush=True)\n"
    "time.sleep(60)"
)


def program(folder: Path, code: str, **changes: object) -> Program:
    log = folder / "program.log"
    known = {"wait": 10.0, "patience": 5.0, "ready": lambda: b"\n" in log.read_bytes(), **changes}
    return Program("program", [sys.executable, "-c", code], os.environ, log, folder=folder, **known)  # type: ignore[arg-type]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "processes.json")
    yield made
    made.stop()


def test_what_was_started_ends_and_nothing_else(supervisor: Supervisor, tmp_path: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.DEVNULL)
    supervisor.start(program(tmp_path, SLEEPER))
    process = supervisor.running[0].process
    supervisor.stop()
    assert process.returncode == -signal.SIGTERM
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_children_of_a_program_end_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program(tmp_path, PARENT))
    child = int((tmp_path / "program.log").read_text().split()[0])
    assert supervising.identity(child)
    supervisor.stop()
    assert gone(child)


def test_a_program_that_does_not_end_is_killed(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program(tmp_path, STUBBORN, patience=0.3))
    process = supervisor.running[0].process
    supervisor.stop()
    assert process.returncode == -signal.SIGKILL


def test_a_program_that_does_not_start_says_why(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no such port"):
        supervisor.start(program(tmp_path, "import sys; sys.exit('no such port')", ready=lambda: False))


def test_a_program_that_ends_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program(tmp_path, SLEEPER))
    first = supervisor.running[0].process
    first.kill()
    first.wait()
    supervisor.watch(until=lambda: supervisor.running[0].process is not first)
    assert supervisor.running[0].process.poll() is None


def test_a_program_that_keeps_ending_is_given_up(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program(tmp_path, "raise SystemExit('cannot open it')", ready=None))
    with pytest.raises(Trouble, match="cannot open it"):
        supervisor.watch()


def test_what_a_killed_script_left_behind_is_ended(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program(tmp_path, SLEEPER))
    process = supervisor.running[0].process
    Supervisor(supervisor.record).stop_leftovers()
    assert process.wait(5) == -signal.SIGTERM


def test_a_number_that_now_belongs_to_another_process_is_left_alone(tmp_path: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.DEVNULL)
    record = tmp_path / "processes.json"
    record.write_text(
        f'[{{"name": "x", "pid": {bystander.pid}, "identity": "another boot 1", "signal": 15}}]'
    )
    Supervisor(record).stop_leftovers()
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while supervising.identity(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not supervising.identity(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel does it")
def test_a_tied_program_ends_with_the_script_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import os, sys, time; from pathlib import Path; from bootstrap.supervising import Program, launch\n"
        f"command = [sys.executable, '-c', {SLEEPER!r}]\n"
        f"program = Program('p', command, os.environ, Path({str(tmp_path / 'log')!r}))\n"
        "print(launch(program, tied=True).pid, flush=True); time.sleep(60)"
    )
    paths = {**os.environ, "PYTHONPATH": str(Path(supervising.__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=paths) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert supervising.identity(pid)
        starter.kill()
    until = time.monotonic() + 5
    while supervising.identity(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not supervising.identity(pid)
