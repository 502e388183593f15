"""Chromium and a Chinese font for the browser tests: Debian's packages, installed where that is possible.

What is installed is Chromium without its window (decision 0044); a whole Chromium that is there already will do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bootstrap.console import Trouble, say, step

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
FONT = "fonts-noto-cjk"
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".fonts"), "/Library/Fonts")
ADVICE = f"Install them: sudo apt-get install {NAMES[0]} {FONT} (or set CHROMIUM=/path/to/chromium)."


def find() -> str | None:
    """Return the path of Chromium: CHROMIUM if set, else the first of `NAMES` on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def has_chinese_font() -> bool:
    """Return whether Chinese text in a picture of a page is more than boxes."""
    names = ("*CJK*", "*wqy*", "*SourceHan*", "*NotoSansSC*", "*NotoSerifSC*", "*PingFang*")
    return any(True for folder in FONTS for name in names for _ in Path(folder).rglob(name))


def ensure() -> bool:
    """Have Chromium and a Chinese font, installing them as root with apt; False without them, a failure in CI."""
    if find() and has_chinese_font():
        return True
    for name in NAMES[:2] if can_install() else ():  # an older Debian has only the second
        with step(f"Installing {name} and {FONT} with apt-get"):
            install([name, FONT])
        if find() and has_chinese_font():
            return True
    if os.environ.get("CI") == "true":
        raise Trouble(
            "The browser tests need Chromium and a Chinese font, and CI=true does not skip them.",
            advice=ADVICE,
        )
    say(f"  Without Chromium and a Chinese font the browser tests are skipped. {ADVICE}")
    return False


def can_install() -> bool:
    """Return whether Debian's packages can be installed here."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str]) -> None:
    """Install Debian's packages; what went wrong is said."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=2"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", *options, *command], env=environment, capture_output=True, text=True
        )
    if done.returncode:
        say(f"  apt-get did not succeed:\n{(done.stdout + done.stderr)[-800:]}")
