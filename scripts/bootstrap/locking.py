"""Makes the lock files anew: exact versions with hashes for every platform, and no index address in them."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from bootstrap.console import Trouble, step
from bootstrap.environment import PRODUCT, PYTHON, TESTS, child_environment, ensure
from bootstrap.places import ROOT

UV = "uv==0.13.8"
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--quiet",
)


def main(arguments: list[str]) -> int:
    """Lock again; `--upgrade` takes the newest versions, otherwise only what the .in files ask for changes."""
    ensure(PRODUCT)
    with tempfile.TemporaryDirectory(prefix="lock-") as folder, step(f"Locking with {UV}"):
        _call(PYTHON, "-m", "pip", "install", "--quiet", "--target", folder, UV)
        compiler = Path(folder) / "bin" / "uv"
        extra = ["--upgrade"] if "--upgrade" in arguments else []
        _compile(compiler, source="requirements.in", target=PRODUCT, extra=extra)
        _compile(compiler, source="requirements-dev.in", target=TESTS, extra=["-c", PRODUCT, *extra])
    return 0


def _compile(compiler: Path, *, source: str, target: str, extra: list[str]) -> None:
    _call(compiler, "pip", "compile", *OPTIONS, *extra, source, "-o", target)


def _call(*command: object) -> None:
    """Run one program; uv does not read pip's configuration, so it is told of another index by pip's variable."""
    index = {"UV_DEFAULT_INDEX": os.environ["PIP_INDEX_URL"]} if "PIP_INDEX_URL" in os.environ else {}
    environment = child_environment(**index)
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment)
    if done.returncode:
        raise Trouble("Locking failed; the lock files are as they were.", advice="Read the lines above.")
