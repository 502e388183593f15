"""The portal's own programs, as scripts/demo and the process tests start them."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from bootstrap.environment import PYTHON
from bootstrap.places import ROOT
from bootstrap.supervising import Program

Command = list[str | Path]
QUEUES = "instant,default,bulk"


def web(environment: Mapping[str, str], *, log: Path, port: int, ready: Callable[[], bool]) -> Program:
    """The web server: gunicorn with the settings in portal/gunicorn.py."""
    command: Command = [
        PYTHON,
        "-m",
        "gunicorn",
        "-c",
        ROOT / "portal" / "gunicorn.py",
        "-b",
        f"127.0.0.1:{port}",
    ]
    return Program(
        "web server", [*command, "portal.wsgi:application"], environment, log / "web.log", ready=ready
    )


def worker(environment: Mapping[str, str], *, log: Path, concurrency: int = 2) -> Program:
    """One Celery worker for all queues. It talks to no other worker, so it needs neither gossip nor mingle."""
    command: Command = [
        PYTHON,
        "-m",
        "celery",
        "-A",
        "portal",
        "worker",
        "-Q",
        QUEUES,
        f"--concurrency={concurrency}",
    ]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=INFO"]
    command += ["-n", f"portal-{os.getpid()}@%h"]  # two checkouts may share a broker of yours
    file = log / "worker.log"
    before = file.stat().st_size if file.exists() else 0
    return Program(
        "worker", command, environment, file, patience=30.0, ready=lambda: _says_ready(file, since=before)
    )


def _says_ready(log: Path, *, since: int) -> bool:
    """Return whether the worker wrote that it takes messages."""
    with log.open("rb") as file:
        file.seek(since if log.stat().st_size >= since else 0)
        return b" ready." in file.read()


def beat(environment: Mapping[str, str], *, log: Path, schedule: Path) -> Program:
    """The timetable: it only sends wake-ups."""
    command: Command = [
        PYTHON,
        "-m",
        "celery",
        "-A",
        "portal",
        "beat",
        "-s",
        schedule,
        "--pidfile=",
        "--loglevel=WARNING",
    ]
    return Program("timetable (beat)", command, environment, log / "beat.log")


def registers(environment: Mapping[str, str], *, log: Path, port: int) -> Program:
    """The stand-in for the outside registers."""
    return _standin(
        "stand-in registers", "serve_registers", environment, log=log / "registers.log", port=port
    )


def scanner(environment: Mapping[str, str], *, log: Path, port: int) -> Program:
    """The stand-in for a virus scanner."""
    return _standin(
        "stand-in virus scanner", "serve_scanner", environment, log=log / "scanner.log", port=port
    )


def gateway(environment: Mapping[str, str], *, log: Path, port: int) -> Program:
    """The stand-in for the SMS gateway and the mail server."""
    return _standin("stand-in SMS gateway", "serve_gateway", environment, log=log / "gateway.log", port=port)


def gateway_settings(port: int) -> dict[str, str]:
    """Return what has a portal send everything to the stand-in, at any hour."""
    return {
        "SMS_URL": f"http://127.0.0.1:{port}/sms",
        "SMS_SECRET": secrets.token_hex(16),
        "SMS_QUIET_HOURS": "",
        "EMAIL_BACKEND": "portal.demo.gateway.mailing.Backend",
    }


def issuer(environment: Mapping[str, str], *, log: Path, port: int) -> Program:
    """The stand-in for the identity platform."""
    return _standin(
        "stand-in identity platform", "serve_issuer", environment, log=log / "issuer.log", port=port
    )


def issuer_settings(port: int) -> dict[str, str]:
    """Return what has a portal sign people in by the stand-in."""
    return {
        "PLATFORM_ISSUER": f"http://127.0.0.1:{port}",
        "PLATFORM_CLIENT_ID": "portal",
        "PLATFORM_CLIENT_SECRET": secrets.token_hex(16),
    }


def _standin(name: str, serving: str, environment: Mapping[str, str], *, log: Path, port: int) -> Program:
    """A command that answers on a port in place of somebody outside."""
    command: Command = [PYTHON, ROOT / "manage.py", serving, "--port", str(port)]
    return Program(name, command, environment, log, ready=lambda: listens(port), patience=5.0)


def listens(port: int) -> bool:
    """Return whether something accepts connections on this port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
