"""scripts/test: the same set-up as the demo's with servers of its own, then every check, each with its time."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bootstrap import browser, keys, postgres
from bootstrap.broker import Broker
from bootstrap.console import Stopped, Trouble, say, step
from bootstrap.environment import PYTHON, TESTS, child_environment, ensure
from bootstrap.places import ROOT
from bootstrap.supervising import Supervisor

PRODUCTION = {"DEMO": "0", "HTTPS": "1", "BEHIND_PROXY": "1", "PUBLIC_HOST": "portal.example"}
DEMO = "1" if (ROOT / "portal" / "demo" / "apps.py").exists() else "0"
HELP = """\
scripts/test                  every check
scripts/test --stage NAME     only this one ({names}); may be repeated
scripts/test ARGUMENTS        only pytest, with these arguments: scripts/test -k rating -x
DATABASE_URL and REDIS_URL use servers of yours: the role must be allowed to create databases."""


@dataclass(frozen=True)
class Stage:
    """One check: a command, and what the environment has beyond the common one."""

    name: str
    command: Sequence[str]
    extra: tuple[tuple[str, str], ...] = ()
    needs_servers: bool = False
    browser: bool = False
    product: bool = False  # runs with the product's settings, so it needs keys; tests/settings.py has its own


def _python(*arguments: str) -> list[str]:
    return [str(PYTHON), *arguments]


def _pytest(*arguments: str) -> list[str]:
    return _python("-m", "pytest", "--cov", "--cov-report=", *arguments)


STAGES = (
    Stage("lint", _python("-m", "ruff", "check", "--quiet", ".")),
    Stage("format", _python("-m", "ruff", "format", "--check", "--quiet", ".")),
    Stage("templates", _python("-m", "djlint", "--lint", "--quiet", "templates", "portal")),
    Stage("types", _python("-m", "mypy", "--no-error-summary", ".")),
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
    Stage("tests", _pytest("-m", "not process", "-n", "2", "--dist", "worksteal"), needs_servers=True),
    Stage(
        "processes",
        _pytest("-m", "process and not alone", "-n", "2", "--dist", "loadfile", "--cov-append"),
        needs_servers=True,
        browser=True,
    ),
    Stage("alone", _pytest("-m", "alone", "--cov-append"), needs_servers=True, browser=True),
    Stage("coverage", _python("-m", "coverage", "report")),
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
    if "REDIS_URL" not in os.environ:
        broker = Broker(folder / "valkey", log=folder / "valkey.log")
        supervisor.start(broker.program())
        values["REDIS_URL"] = broker.url()
    return values


def _run(stages: list[Stage], values: dict[str, str], *, started: float) -> int:
    """Run the stages one after the other, all of them, and sum up. A missing browser is installed meanwhile."""
    results: list[tuple[str, bool, float]] = []
    with ThreadPoolExecutor(1) as aside:
        installing = aside.submit(browser.ensure) if any(stage.browser for stage in stages) else None
        for stage in stages:
            began = time.monotonic()
            if stage.browser and installing is not None:
                installing.result()
            passed = _passes(stage, values)
            results.append((stage.name, passed, time.monotonic() - began))
            say(f"== {stage.name}: {'passed' if passed else 'FAILED'} in {results[-1][2]:.1f} s")
    say("")
    for name, passed, took in results:
        say(f"  {'✓' if passed else '✗'} {name:<12} {took:6.1f} s")
    say(f"  all in {time.monotonic() - started:.0f} s")
    return 0 if all(passed for _, passed, _ in results) else 1


def _passes(stage: Stage, values: dict[str, str]) -> bool:
    say(f"\n== {stage.name}")
    secrets = keys.new_secrets() if stage.product else {}
    environment = child_environment(**secrets, **{**values, **_own_choice(values), **dict(stage.extra)})
    return subprocess.run(stage.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL).returncode == 0


def _own_choice(values: dict[str, str]) -> dict[str, str]:
    """What the caller's environment names about servers wins over ours."""
    return {
        key: os.environ[key]
        for key in ("DATABASE_URL", "REDIS_URL", "CHROMIUM")
        if key in os.environ and key not in values
    }
