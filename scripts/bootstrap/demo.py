"""scripts/demo: the whole portal on this machine, from nothing, until Ctrl-C."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from bootstrap import keys, postgres, programs
from bootstrap.broker import Broker
from bootstrap.console import Stopped, Trouble, say, step
from bootstrap.environment import PRODUCT, child_environment, ensure
from bootstrap.managing import Manage, exists
from bootstrap.places import (
    LOG,
    RUN,
    VAR,
    fingerprint,
    free_port,
    make_folders,
    next_free_port,
    write_private,
)
from bootstrap.supervising import Supervisor

ENV = RUN / "env"
DONE = RUN / "done"
KEPT = {"run", "log"}
BEGIN_AGAIN = "If this goes on, start over with new data: scripts/demo --fresh"
NEW_DISTRICT = "The demo district has changed since it was loaded; start over with it: scripts/demo --fresh"


def main(arguments: list[str]) -> int:
    """Set up, start, show where to look, and look after the programs until somebody stops this."""
    options = _options(arguments)
    make_folders()
    if options.fresh:
        _stop_other()
    with _only_one():
        supervisor = Supervisor(RUN / "processes.json")
        supervisor.stop_leftovers()
        if options.fresh:
            _forget_everything()
        ensure(PRODUCT)
        try:
            _come_up(supervisor, first_port=options.port)
            supervisor.watch()
        except Stopped:
            say("\n· Stopping what was started here")
        finally:
            supervisor.stop()
        say("· Stopped. The data is kept; scripts/demo brings it back, scripts/demo --fresh starts over.")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Runs the portal with its demo district on this machine until Ctrl-C.",
        epilog="DATABASE_URL (with DATABASE_OWNER_URL for migrations) and REDIS_URL use servers of yours instead.",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="start over: removes the data of this checkout's demo"
    )
    parser.add_argument("--port", type=int, default=8000, help="the first port to try (8000)")
    return parser.parse_args(arguments)


def _come_up(supervisor: Supervisor, *, first_port: int) -> None:
    values = keys.read(ENV) or keys.new_secrets()
    servers = _start_servers(supervisor)
    port, registers, scanner = next_free_port(first_port), free_port(), free_port()
    values |= servers | {
        "DEMO": "1",
        "PUBLIC_HOST": "127.0.0.1",
        "CHECK_ADDRESS": f"http://127.0.0.1:{port}",
        "REGISTER_BASE_URL": f"http://127.0.0.1:{registers}",
        "CLAMD_URL": f"tcp://127.0.0.1:{scanner}",
    }
    gateway = free_port()
    if exists("serve_gateway"):
        values |= programs.gateway_settings(gateway)
    identity = free_port()
    if exists("serve_issuer"):
        values |= programs.issuer_settings(identity)
    keys.write(ENV, values)
    environment = child_environment(**{key: value for key, value in values.items() if key not in os.environ})
    _prepare(environment)
    with step(
        "Starting the stand-in registers and virus scanner, the web server, a worker and the timetable"
    ):
        if exists("serve_registers"):
            supervisor.start(programs.registers(environment, log=LOG, port=registers))
        supervisor.start(programs.scanner(environment, log=LOG, port=scanner))
        if exists("serve_gateway"):
            supervisor.start(programs.gateway(environment, log=LOG, port=gateway))
        if exists("serve_issuer"):
            supervisor.start(programs.issuer(environment, log=LOG, port=identity))
        supervisor.start(programs.web(environment, log=LOG, port=port, ready=lambda: _answers(port)))
        supervisor.start(programs.worker(environment, log=LOG))
        supervisor.start(programs.beat(environment, log=LOG, schedule=RUN / "beat-schedule"))
    write_private(RUN / "address", f"http://127.0.0.1:{port}\n")
    _show(environment, port=port, wanted=first_port)


def _start_servers(supervisor: Supervisor) -> dict[str, str]:
    """Start the servers nobody named in the environment; return the addresses to write down."""
    found: dict[str, str] = {}
    if "DATABASE_URL" in os.environ:
        say("· Using the PostgreSQL server that DATABASE_URL names")
    else:
        with step("Starting PostgreSQL"):
            secrets_file = RUN / "postgres"
            server = postgres.open_server(
                VAR / "postgres", secrets_file=secrets_file, log=LOG / "postgres.log"
            )
            if server.create_if_missing():
                _forget_done()
            supervisor.start(server.program())
            server.make_roles()
        found |= {"DATABASE_URL": server.url("portal_app"), "DATABASE_OWNER_URL": server.url("portal_owner")}
    if "REDIS_URL" in os.environ:
        say("· Using the broker that REDIS_URL names")
    else:
        with step("Starting the broker"):
            broker = Broker(VAR / "valkey", log=LOG / "valkey.log")
            supervisor.start(broker.program())
        found["REDIS_URL"] = broker.url()
    return found


def _prepare(environment: Mapping[str, str]) -> None:
    """Bring the tables, the application's rights and the static files into place, and once the demo district."""
    log = LOG / "setup.log"
    database = _database(environment)
    state = {
        "tables": f"{database} {fingerprint('*/migrations', 'portal/demo/migrations', 'records')}",
        "static": fingerprint("static"),
    }
    done = keys.read(DONE)
    with step("Preparing the database and the static files"):
        if done.get("tables") != state["tables"]:
            _make_tables(environment, log=log)
        if done.get("static") != state["static"]:
            Manage(environment, log)(
                "collectstatic", "--no-input", "--clear", "-v0", "--ignore", "rest_framework"
            )
    keys.write(DONE, {**done, **state})
    district = f"{database} {fingerprint('data', 'portal/demo')}"
    if exists("load_demo") and done.get("loaded") != district:
        with step("Loading the demo district (once; takes a while)"):
            Manage(environment, log)("load_demo", advice=NEW_DISTRICT if done.get("loaded") else BEGIN_AGAIN)
    keys.write(DONE, {**state, "loaded": district})


def _make_tables(environment: Mapping[str, str], *, log: Path) -> None:
    """Migrate as the tables' owner, then say again what the application's role may do."""
    owner = environment.get("DATABASE_OWNER_URL", environment["DATABASE_URL"])
    manage = Manage({**environment, "DATABASE_URL": owner}, log)
    manage("migrate", "--no-input", "-v1", advice=BEGIN_AGAIN)
    role = urlsplit(environment["DATABASE_URL"]).username or ""
    if exists("database_roles") and role != urlsplit(owner).username:
        manage("database_roles", "--role", role, advice=BEGIN_AGAIN)


def _show(environment: Mapping[str, str], *, port: int, wanted: int) -> None:
    say("")
    if port != wanted:
        say(f"Port {wanted} is taken by another program, so this is on port {port}.")
    say(f"The portal is running at  http://127.0.0.1:{port}")
    if exists("demo_accounts"):
        say("")
        say(Manage(environment, LOG / "setup.log")("demo_accounts").rstrip())
    say("")
    say(f"The stand-in registers, to break on purpose:  {environment['REGISTER_BASE_URL']}")
    say(f"What went out by SMS and e-mail:             http://127.0.0.1:{port}/demo/sms")
    say(
        f"Logs: {LOG}   Health: http://127.0.0.1:{port}/healthz/ready   Check: .venv/bin/python manage.py doctor"
    )
    say("Ctrl-C stops everything that was started here.")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/live", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _only_one() -> Iterator[None]:
    """Refuse a second demo in the same checkout: both would use the same data."""
    with (RUN / "demo.pid").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble(
                f"The demo of this checkout is running already: {_read(RUN / 'address') or 'it is just starting'}.",
                advice="Stop it with Ctrl-C where it runs, or start over with scripts/demo --fresh.",
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
        (RUN / "address").unlink(missing_ok=True)


def _stop_other() -> None:
    """Ask a demo that runs in this checkout to stop, and wait until it has."""
    with (RUN / "demo.pid").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            lock.seek(0)
            pid = int(lock.read() or 0)
        with step("Stopping the demo that is running"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            for _ in range(600):
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                time.sleep(0.1)
    raise Trouble(f"The running demo (process {pid}) does not stop.", advice="Stop it, then run this again.")


def _forget_everything() -> None:
    """Remove the data, the keys and the logs of this checkout's demo."""
    if "DATABASE_URL" in os.environ:
        raise Trouble(
            "--fresh does not empty a database of yours.",
            advice="Empty the database that DATABASE_URL names yourself, then run scripts/demo without --fresh.",
        )
    with step("Removing the demo's data"):
        postgres.remove(VAR / "postgres")
        for path in VAR.iterdir():
            if path.name not in KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in (ENV, DONE, RUN / "postgres", *LOG.glob("*.log")):
            path.unlink(missing_ok=True)
        for path in RUN.glob("beat-schedule*"):
            path.unlink()


def _forget_done() -> None:
    """A new cluster holds no tables, no demo district and no journal block whose head was written down before."""
    DONE.unlink(missing_ok=True)
    shutil.rmtree(VAR / "journal", ignore_errors=True)


def _database(environment: Mapping[str, str]) -> str:
    """Name the database, without its password or passing port."""
    if "DATABASE_URL" not in os.environ:
        return "own"
    parts = urlsplit(environment["DATABASE_URL"])
    return f"{parts.hostname}:{parts.port}{parts.path}"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""
