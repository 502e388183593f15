"""The Dockerfile without Docker: read, its files copied to an empty folder, its commands tried there."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import sources

TEXT = (sources.ROOT / "Dockerfile").read_text(encoding="utf-8")


def instructions(text: str) -> list[tuple[str, str]]:
    """Return (instruction, rest) with continued lines joined and comments left out."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(line.split(None, 1)[0].upper(), line.split(None, 1)[1]) for line in joined.splitlines()]


INSTRUCTIONS = instructions(TEXT)
FINAL = INSTRUCTIONS[max(number for number, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM") :]


def sent_files() -> list[Path]:
    """Return the files the build is sent: everything git knows that .dockerignore lets through."""
    patterns = (sources.ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    sent = []
    for path in sources.checkout_files():
        parts, kept = sources.name(path), True
        for pattern in patterns:
            bare = pattern.removeprefix("!").removeprefix("**/")
            inside = bare in {"*", parts} or parts.startswith(f"{bare}/")
            if inside or fnmatch.fnmatch(path.name, bare):
                kept = pattern.startswith("!")
        if kept:
            sent.append(path)
    return sent


@pytest.fixture(scope="module")
def image_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what /app holds in the image."""
    folder = tmp_path_factory.mktemp("app")
    for path in sent_files():
        target = folder / path.relative_to(sources.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return folder


def run_in(folder: Path, command: list[str], **extra: str) -> subprocess.CompletedProcess[str]:
    static = folder.parent / "static"
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "STATIC_ROOT": str(static),
    }
    command = [sys.executable if word == "python" else word for word in command]
    return subprocess.run(
        command, cwd=folder, env=environment | extra, capture_output=True, text=True, timeout=120
    )


def test_the_base_is_pinned_and_nothing_runs_as_root() -> None:
    bases = [rest for word, rest in INSTRUCTIONS if word == "FROM"]
    assert all(re.match(r"[a-z]+:\d+\.\d+", base) for base in bases)
    users = [rest for word, rest in FINAL if word == "USER"]
    assert users
    assert users[-1] not in {"root", "0"}


def test_no_secret_is_kept_in_a_layer() -> None:
    values = " ".join(rest for word, rest in INSTRUCTIONS if word in {"ENV", "ARG"})
    assert not re.search(r"SECRET|KEY|PASSWORD|TOKEN|_URL", values)


def test_the_packages_are_the_locked_ones() -> None:
    installs = [rest for word, rest in INSTRUCTIONS if word == "RUN" and "pip install" in rest]
    assert installs == ["/venv/bin/python -m pip install --require-hashes -r requirements.txt"]


def test_copied_sources_are_sent() -> None:
    sent = {sources.name(path) for path in sent_files()}
    for word, rest in INSTRUCTIONS:
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert source == "." or source in sent
    assert {"manage.py", "portal/settings.py", "docker/healthy.py", "docker/collect_static.py"} <= sent


def test_nothing_private_is_sent() -> None:
    assert not [
        name
        for path in sent_files()
        if (name := sources.name(path)).startswith(("var", "tests", ".env", ".git"))
    ]


def test_the_static_files_are_collected_without_a_server(image_folder: Path) -> None:
    (command,) = [rest for word, rest in FINAL if word == "RUN" and "collect_static" in rest]
    done = run_in(image_folder, shlex.split(command))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (image_folder.parent / "static" / "staticfiles.json").is_file()


def test_the_command_starts_a_server_that_finds_its_application(image_folder: Path) -> None:
    (command,) = [json.loads(rest) for word, rest in FINAL if word == "CMD"]
    check = [*command[:-1], "--check-config", command[-1]]
    done = run_in(image_folder, check, **made_up_settings())
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_health_check_fails_without_a_server(image_folder: Path) -> None:
    (check,) = [rest for word, rest in FINAL if word == "HEALTHCHECK"]
    command = json.loads(check.split("CMD", 1)[1])
    done = run_in(image_folder, command, PUBLIC_HOST="portal.example", HEALTH_ADDRESS="http://127.0.0.1:9/")
    assert done.returncode != 0


def made_up_settings() -> dict[str, str]:
    key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    return {
        "SECRET_KEY": "made up",
        "FIELD_KEYS": json.dumps({"k": key}),
        "FIELD_KEY_ACTIVE": "k",
        "HASH_KEY": key,
        "JOURNAL_KEY": key,
        "DATABASE_URL": "postgresql:///",
        "REDIS_URL": "redis:///",
    }
