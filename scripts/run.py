"""Hands the three shell fronts (demo, test, lock) over to the modules in bootstrap/. Standard library only."""

from __future__ import annotations

import sys

from bootstrap import checking, console, demo, locking, shooting

COMMANDS = {"demo": demo.main, "test": checking.main, "lock": locking.main, "shots": shooting.main}

if __name__ == "__main__":
    sys.exit(console.run(COMMANDS[sys.argv[1]], arguments=sys.argv[2:]))
