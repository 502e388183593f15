"""scripts/test: the same set-up as the demo's with servers of its own, then every check, each with its time."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bootstrap import browser, keys, postgres, tools
from bootstrap.broker import Broker
from bootstrap.console import Stopped, Trouble, say, step
from bootstrap.environment import PYTHON, TESTS, child_environment, ensure
from bootstrap.places import ROOT
from bootstrap.supervising import Supervisor

PRODUCTION = {"DEMO": "0", "HTTPS": "1", "BEHIND_PROXY": "1", "PUBLIC_HOST": "portal.example"}
DEMO = "1" if (ROOT / "portal" / "demo" / "apps.py").exists() else "0"
PROCESSES = "tests/processes"
COVERAGE = "var/coverage.json"
TEMPLATE = "TEST_TEMPLATE"  # environment: which database those of the tests are copied from
KEPT = "--reuse-db"  # the tables of a worker are made once: the stages after `tests` go on with them
ANEW = (KEPT, "--create-db")
HELP = """\
scripts/test                  every check
scripts/test --stage NAME     only this one ({names}); may be repeated
scripts/test ARGUMENTS        only pytest, with these arguments: scripts/test -k rating -x
DATABASE_URL and REDIS_URL use servers of yours: the role must be allowed to create databases."""


Result = tuple[str, bool, float]


@dataclass(frozen=True)
class Stage:
    """One check: a command, and what the environment has beyond the common one."""

    name: str
    command: Sequence[str]
    extra: tuple[tuple[str, str], ...] = ()
    needs_servers: bool = False
    browser: bool = False
    aside: bool = False  # runs from the start beside the others, which leave a processor idle now and then
    own_server: bool = False  # writes into the database itself, so never into one that the caller named
    product: bool = False  # runs with the product's settings, so it needs keys; tests/settings.py has its own


def _python(*arguments: str) -> list[str]:
    return [str(PYTHON), *arguments]


def _pytest(*arguments: str) -> list[str]:
    return _python("-m", "pytest", *arguments)


def _covered(*arguments: str) -> list[str]:
    return _python("-m", "slipcover", "--json", "--out", COVERAGE, *arguments)


STAGES = (
    Stage("lint", _python("-m", "ruff", "check", "--quiet", ".")),
    Stage("format", _python("-m", "ruff", "format", "--check", "--quiet", ".")),
    Stage("templates", _python("-m", "djlint", "--lint", "--quiet", "templates", "portal")),
    Stage("types", _python("-m", "mypy", "--no-error-summary", "."), aside=True),
    Stage("floors", _python("-c", "from importlinter.cli import lint_imports_command as run; run()")),
    Stage(
        "migrations",
        _python("manage.py", "makemigrations", "--check", "--dry-run"),
        needs_servers=True,
        product=True,
    ),
    Stage(
        "deployment",
        _python("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        extra=tuple(PRODUCTION.items()),
        needs_servers=True,
        product=True,
    ),
    Stage(
        "tables",  # of the database that those of the tests are copied from
        _python("manage.py", "migrate", "--settings", "tests.settings", "--no-input", "--verbosity", "0"),
        needs_servers=True,
        own_server=True,
    ),
    Stage(
        "tests",  # with the lines and branches they reach; what other processes run cannot be seen from here
        [*_covered("-m", "pytest"), "--ignore", PROCESSES, "-n", "2", "--dist", "worksteal", *ANEW],
        needs_servers=True,
    ),
    Stage(
        "processes",
        _pytest(PROCESSES, "-m", "not alone", "-n", "2", "--dist", "loadgroup", KEPT),
        needs_servers=True,
        browser=True,
    ),
    Stage("alone", _pytest(PROCESSES, "-m", "alone", "-n", "1", KEPT), needs_servers=True, browser=True),
    Stage(
        "coverage",  # 97 % when the limit was set
        _python(
            "-m", "slipcover", "--merge", COVERAGE, "--out", COVERAGE, "--skip-covered", "--fail-under", "96"
        ),
    ),
)


def main(arguments: list[str]) -> int:
    """Run all stages, those that were named, or pytest with the arguments; return 1 when one fails."""
    names = [stage.name for stage in STAGES]
    if {"-h", "--help"} & set(arguments):
        say(HELP.format(names=", ".join(names)))
        return 0
    stages = _chosen(arguments)
    started = time.monotonic()
    ensure(TESTS)
    if any(stage.needs_servers for stage in stages):
        return _with_servers(lambda environment: _run(stages, environment, started=started))
    return _run(stages, {}, started=started)


def _chosen(arguments: list[str]) -> list[Stage]:
    named, rest = [], list(arguments)
    while rest[:1] == ["--stage"] and len(rest) > 1:
        named.append(rest[1])
        rest = rest[2:]
    if unknown := set(named) - {stage.name for stage in STAGES}:
        raise Trouble(f"There is no stage {', '.join(unknown)}.", advice="See scripts/test --help")
    if rest:
        return [Stage("pytest", _python("-m", "pytest", *rest), needs_servers=True, browser=True)]
    return [stage for stage in STAGES if not named or stage.name in named]


def _with_servers(work: Callable[[dict[str, str]], int]) -> int:
    """Start servers for this run in a folder that goes away with it."""
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    folder.chmod(0o711)  # PostgreSQL's unprivileged user passes through
    supervisor = Supervisor(folder / "processes.json")
    try:
        with step("Starting PostgreSQL and the broker for the tests"):
            environment = _start_servers(supervisor, folder=folder)
        return work(environment)
    except Stopped:
        say("\n· Stopping")
        raise
    finally:
        supervisor.stop()
        postgres.remove(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def _start_servers(supervisor: Supervisor, *, folder: Path) -> dict[str, str]:
    values = {"DEMO": DEMO, "PUBLIC_HOST": "127.0.0.1", "TEST_FOLDER": str(folder)}
    if "DATABASE_URL" not in os.environ:
        server = postgres.open_server(
            folder / "postgres",
            secrets_file=folder / "passwords",
            log=folder / "postgres.log",
            throwaway=True,
        )
        server.create_if_missing()
        supervisor.start(server.program())
        server.make_roles()
        values |= {"DATABASE_URL": server.url("portal_owner"), "DATABASE_APP_URL": server.url("portal_app")}
        values[TEMPLATE] = postgres.DATABASE
    if "REDIS_URL" not in os.environ:
        broker = Broker(folder / "valkey", log=folder / "valkey.log")
        supervisor.start(broker.program())
        values["REDIS_URL"] = broker.url()
    return values


def _run(stages: list[Stage], values: dict[str, str], *, started: float) -> int:
    """Run the stages one after the other, all of them, and sum up. A missing browser or tool is installed meanwhile."""
    results: list[Result] = []
    stages = [stage for stage in stages if TEMPLATE in values or not stage.own_server]
    (ROOT / COVERAGE).parent.mkdir(exist_ok=True)
    beside = [Aside(stage, values) for stage in stages if stage.aside]
    try:
        with ThreadPoolExecutor(1) as aside:
            installing = aside.submit(_install) if any(stage.browser for stage in stages) else None
            for stage in [stage for stage in stages if not stage.aside]:
                if stage.browser and installing is not None:
                    installing.result()
                results.append(_result(stage, values))
                results += [one.result() for one in beside if one.ended()]
        results += [one.result() for one in beside if not one.told]
    finally:
        for one in beside:
            one.stop()
    return _sum_up(results, started=started)


def _install() -> None:
    """Have what tests of the last stages need beside Python."""
    browser.ensure()
    tools.ensure()


def _sum_up(results: list[Result], *, started: float) -> int:
    say("")
    for name, passed, took in results:
        say(f"  {'✓' if passed else '✗'} {name:<12} {took:6.1f} s")
    say(f"  all in {time.monotonic() - started:.0f} s")
    return 0 if all(passed for _, passed, _ in results) else 1


def _result(stage: Stage, values: dict[str, str]) -> Result:
    say(f"\n== {stage.name}")
    began = time.monotonic()
    passed = subprocess.run(stage.command, **_ways(stage, values)).returncode == 0
    return _told(stage, passed=passed, took=time.monotonic() - began)


def _told(stage: Stage, *, passed: bool, took: float) -> Result:
    say(f"== {stage.name}: {'passed' if passed else 'FAILED'} in {took:.1f} s")
    return stage.name, passed, took


def _ways(stage: Stage, values: dict[str, str]) -> dict[str, Any]:
    secrets = keys.new_secrets() if stage.product else {}
    environment = child_environment(**secrets, **{**values, **_own_choice(values), **dict(stage.extra)})
    return {"cwd": ROOT, "env": environment, "stdin": subprocess.DEVNULL}


class Aside:
    """A stage that runs beside the others; what it says is kept until they let it speak."""

    def __init__(self, stage: Stage, values: dict[str, str]) -> None:
        self.stage, self.told = stage, False
        self.began = time.monotonic()
        self.said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 -- stop() closes it
        self.process = subprocess.Popen(
            stage.command, stdout=self.said, stderr=subprocess.STDOUT, **_ways(stage, values)
        )
        self.took = 0.0
        self.watching = threading.Thread(target=self._watch, daemon=True)
        self.watching.start()

    def _watch(self) -> None:
        self.process.wait()
        self.took = time.monotonic() - self.began

    def ended(self) -> bool:
        """Return whether it has just ended and not been told of."""
        return not self.told and not self.watching.is_alive()

    def result(self) -> Result:
        """Wait for its end and tell of it."""
        self.told = True
        self.watching.join()
        self.said.seek(0)
        say(f"\n== {self.stage.name}\n{self.said.read()}".rstrip("\n"))
        return _told(self.stage, passed=self.process.returncode == 0, took=self.took)

    def stop(self) -> None:
        """End it, should it still run."""
        self.process.kill()
        self.watching.join()
        self.said.close()


def _own_choice(values: dict[str, str]) -> dict[str, str]:
    """What the caller's environment names about servers wins over ours."""
    return {
        key: os.environ[key]
        for key in ("DATABASE_URL", "REDIS_URL", "CHROMIUM")
        if key in os.environ and key not in values
    }
