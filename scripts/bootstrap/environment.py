"""The virtual environment and its pinned packages; nothing is done when the lock file has not changed."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bootstrap.console import Trouble, step
from bootstrap.places import ROOT, RUN, VENV, make_folders

PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
PRODUCT, TESTS = "requirements.txt", "requirements-dev.txt"
VENV_ADVICE = (
    "Install the missing part of Python: apt-get install python3-venv (Debian, Ubuntu; with the version in the name"
    " for another Python, such as python3.12-venv), dnf install python3 (Fedora); then run this again."
)


def ensure(lock: str) -> None:
    """Make .venv hold exactly what the lock file pins. The tests' lock contains the product's."""
    make_folders()
    with _one_at_a_time():
        if not _works():
            _create()
        if not _installed(lock):
            _install(lock)


def child_environment(**extra: str) -> dict[str, str]:
    """Return the environment for a child of ours: this one, without what would bend or slow Python's imports.

    A machine that has Python write no byte code has every process of ours compile all it imports: 5 s of processor time
    each, of some hundred processes in one run of the tests.
    """
    bent = {"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    bent |= {"PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"}
    kept = {key: value for key, value in os.environ.items() if key not in bent}
    return {**kept, "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONUNBUFFERED": "1", **extra}


def site_packages() -> Path:
    """Return the folder the packages were installed in."""
    found = sorted((VENV / "lib").glob("python3.*/site-packages"))
    if not found:
        raise Trouble(f"{VENV} holds no packages.", advice=f"Remove {VENV} and run this again.")
    return found[-1]


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (RUN / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _works() -> bool:
    """Return whether .venv has a Python that runs and knows it lives here (a copied folder does not)."""
    if not PYTHON.exists():
        return False
    question = "import sys, pip; print(sys.prefix); sys.exit(sys.version_info < (3, 11))"
    try:
        answer = subprocess.run(
            [PYTHON, "-c", question], capture_output=True, text=True, env=child_environment()
        )
    except OSError:
        return False
    return answer.returncode == 0 and Path(answer.stdout.strip()).resolve() == VENV.resolve()


def _create() -> None:
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise Trouble(f"{sys.executable} lacks the module {' and '.join(missing)}.", advice=VENV_ADVICE)
    with step("Making the virtual environment .venv"):
        try:
            if VENV.exists():
                shutil.rmtree(VENV)
            made = subprocess.run(
                [sys.executable, "-m", "venv", VENV], capture_output=True, text=True, env=child_environment()
            )
        except OSError as error:
            raise Trouble(
                f"Cannot write {VENV}: {error}", advice="Use a folder this user may write to."
            ) from error
    if made.returncode:
        raise Trouble(
            f"Making .venv failed:\n{(made.stdout + made.stderr).strip()[-1500:]}", advice=VENV_ADVICE
        )


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _installed(lock: str) -> bool:
    try:
        return bool(json.loads(STAMP.read_text(encoding="utf-8")).get(lock) == _digest(lock))
    except (OSError, ValueError):
        return False


def _install(lock: str) -> None:
    options = [
        "--require-hashes",
        "--no-deps",  # the lock names everything; nothing is left to work out
        "--no-compile",  # most of it is never imported
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=off",
        "--quiet",
    ]
    with step(f"Installing the packages pinned in {lock}"):
        STAMP.unlink(missing_ok=True)
        done = subprocess.run(
            [PYTHON, "-m", "pip", "install", *options, "-r", ROOT / lock],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=child_environment(),
        )
    if done.returncode:
        raise Trouble(
            f"Installing the packages failed:\n{done.stdout.strip()[-2500:]}",
            advice="Check that this machine reaches its package index (pip download six), then run this again.",
        )
    locks = [PRODUCT, TESTS] if lock == TESTS else [PRODUCT]
    STAMP.write_text(json.dumps({name: _digest(name) for name in locks}), encoding="utf-8")
