#!/usr/bin/env python
"""How long does a sealed paper take, how large is it, how fast is the public check? Prints JSON; see bench/README.md.

A portal of its own (`town.py`) with the demo district. Papers are made through the product's verb, one after the other,
of certificates of every type; the check is asked over HTTP by its code, each time as another visitor.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench import town  # noqa: E402 -- found by the path above
from bench.instant import spread  # noqa: E402
from bench.town import Town  # noqa: E402

GATE = {"paper_median_ms": 80.0, "paper_bytes": 60_000, "check_p95_ms": 50.0}
WARM = 5


def report(open_town: Town, *, papers: int, checks: int) -> dict[str, Any]:
    """Return the figures of a town whose web server runs with BEHIND_PROXY=1."""
    load = os.getloadavg()
    made = json.loads(open_town.run("-m", "bench.sealing", str(papers + WARM)))
    rows = made["papers"][WARM:]
    sizes = sorted(row["bytes"] for row in rows)
    asked = sorted(_check(open_town, made["tokens"], checks=checks))
    return {
        "papers": len(rows),
        "types": len({row["type"] for row in rows}),
        "first_of_the_process_ms": made["papers"][0]["ms"],
        "made_and_sealed_ms": spread(sorted(row["ms"] for row in rows)),
        "of_that_processor_ms": spread(sorted(row["processor_ms"] for row in rows)),
        "handed_out_again_ms": spread(sorted(made["again"])),
        "bytes": {"median": sizes[len(sizes) // 2], "max": sizes[-1]},
        "largest_type": max(rows, key=lambda row: row["bytes"])["type"],
        "public_checks": len(asked),
        "public_check_ms": spread(asked) | {"p95": asked[int(len(asked) * 0.95)]},
        "load_average_before": load,
        "load_average_after": os.getloadavg(),
    }


def _check(open_town: Town, tokens: list[str], *, checks: int) -> list[float]:
    """Ask by the code, one after the other; a visitor asks once, so that nobody is braked."""
    line = http.client.HTTPConnection(open_town.site.removeprefix("http://"), timeout=10)
    found = []
    for index in range(checks + WARM):
        visitor = f"10.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}"
        begun = time.perf_counter()
        line.request("GET", f"/c/{tokens[index % len(tokens)]}", headers={"X-Forwarded-For": visitor})
        answer = line.getresponse()
        answer.read()
        found.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            raise SystemExit(f"the check answered {answer.status}")
    return found[WARM:]


def main() -> int:
    """Measure, print, and with --gate fail when a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=200)
    parser.add_argument("--checks", type=int, default=500)
    parser.add_argument("--gate", action="store_true")
    options = parser.parse_args()
    with town.opened() as open_town:
        open_town.environment["BEHIND_PROXY"] = "1"
        open_town.start("web")
        figures = report(open_town, papers=options.papers, checks=options.checks)
    met = (
        figures["made_and_sealed_ms"]["median"] <= GATE["paper_median_ms"]
        and figures["bytes"]["max"] <= GATE["paper_bytes"]
        and figures["public_check_ms"]["p95"] <= GATE["check_p95_ms"]
    )
    print(json.dumps({**figures, "gate": GATE, "gate_met": met}, ensure_ascii=False, indent=2))
    return 1 if options.gate and not met else 0


if __name__ == "__main__":
    sys.exit(main())
