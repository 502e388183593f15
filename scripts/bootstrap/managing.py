"""Runs manage.py commands for the scripts and shows their last lines when they fail."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bootstrap.console import Trouble
from bootstrap.environment import PYTHON
from bootstrap.places import ROOT

AREAS = ("*/management/commands", "*/*/management/commands")


@dataclass(frozen=True)
class Manage:
    """manage.py with one environment; everything it says goes to a log as well."""

    environment: Mapping[str, str]
    log: Path

    def __call__(self, *arguments: str, advice: str = "") -> str:
        """Run one command to its end and return what it printed."""
        done = subprocess.run(
            [PYTHON, ROOT / "manage.py", *arguments],
            cwd=ROOT,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"--- {time.strftime('%F %T')} manage.py {' '.join(arguments)}\n{done.stdout}")
        if done.returncode:
            last = "\n".join(done.stdout.strip().splitlines()[-12:])
            raise Trouble(
                f"manage.py {arguments[0]} failed:\n{last}", advice=advice or f"The whole output: {self.log}"
            )
        return done.stdout


def exists(command: str) -> bool:
    """Return whether an app of the checkout has this command."""
    return any(True for area in AREAS for _ in ROOT.glob(f"{area}/{command}.py"))
