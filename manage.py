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
    environment.load(Path(__file__).resolve().parent / "var" / "run" / "env")
    if OWNER_COMMANDS & set(sys.argv[1:2]) and (owner := os.environ.get("DATABASE_OWNER_URL")):
        os.environ["DATABASE_URL"] = owner
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
