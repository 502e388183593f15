#!/usr/bin/env python
"""Django's command line. Commands that change tables or rights run as the tables' owner."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from portal import environment

OWNER_COMMANDS = {"migrate", "database_roles", "sqlmigrate"}


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    given = dict(os.environ)
    environment.load(Path(__file__).resolve().parent / "var" / "run" / "env")
    # An owner's address goes with the database it came with: both from the caller, or both from the file.
    owner = (given if "DATABASE_URL" in given else os.environ).get("DATABASE_OWNER_URL")
    if owner and OWNER_COMMANDS & set(sys.argv[1:2]):
        os.environ["DATABASE_URL"] = owner
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
