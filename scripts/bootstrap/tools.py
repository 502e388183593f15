"""Other people's tools that check our sealed PDFs: Debian's packages, installed where that is possible."""

from __future__ import annotations

import os
import shutil

from bootstrap.browser import can_install, install
from bootstrap.console import Trouble, say, step

PACKAGES = ["poppler-utils", "libnss3-tools"]  # pdfsig, and certutil for whom it trusts
PROGRAMS = ("pdfsig", "certutil")
ADVICE = f"Install them: sudo apt-get install {' '.join(PACKAGES)}."


def are_there() -> bool:
    """Return whether both programs are on the path."""
    return all(shutil.which(name) for name in PROGRAMS)


def ensure() -> bool:
    """Have pdfsig and certutil, installing them as root with apt; False without them, a failure in CI."""
    if not are_there() and can_install():
        with step(f"Installing {' and '.join(PACKAGES)} with apt-get"):
            install(PACKAGES)
    if are_there():
        return True
    if os.environ.get("CI") == "true":
        raise Trouble(
            "Sealed PDFs are held against poppler's pdfsig, and CI=true does not skip it.", advice=ADVICE
        )
    say(f"  Without poppler's pdfsig one test is skipped. {ADVICE}")
    return False
