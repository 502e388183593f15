"""scripts/shots: the tests' environment and a browser, then bench/pictures.py."""

from __future__ import annotations

import subprocess

from bootstrap import browser
from bootstrap.console import Trouble
from bootstrap.environment import PYTHON, TESTS, child_environment, ensure
from bootstrap.places import ROOT


def main(arguments: list[str]) -> int:
    """Take the pictures; arguments go to bench/pictures.py."""
    ensure(TESTS)
    if not browser.ensure():
        raise Trouble("Pictures of pages need Chromium.", advice=browser.ADVICE)
    command = [str(PYTHON), "-m", "bench.pictures", *arguments]
    environment = child_environment(PYTHONPATH=f"{ROOT}:{ROOT / 'scripts'}")
    return subprocess.run(command, cwd=ROOT, env=environment).returncode
