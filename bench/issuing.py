#!/usr/bin/env python
"""How many certificates a second are issued and signed, in batches? Prints JSON; see bench/README.md.

A town of its own (`town.py`) with the demo district, and `bench.stocking issue` within it. Each batch is one
transaction: number, digest, signature, encrypted fields, journal, log of the seal, as a decision issues them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench import town  # noqa: E402 -- found by the path above
from bench.town import Town  # noqa: E402


def figures(place: Town, *, count: int, batch: int = 200, processes: int = 2) -> dict[str, Any]:
    """Issue in a place whose PostgreSQL runs; return how fast it went."""
    told: dict[str, Any] = json.loads(
        place.run("-m", "bench.stocking", "issue", str(count), str(batch), str(processes))
    )
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measures issuing with signature; prints JSON.")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    with town.opened() as place:
        print(json.dumps(figures(place, **vars(options)), indent=1))


if __name__ == "__main__":
    main()
