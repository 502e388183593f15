#!/usr/bin/env python
"""How fast is a store of a million certificates: coming in, asked by holder, issuing? Prints JSON; see bench/README.md.

The store is made once by the product's own import and kept under var/bench: a PostgreSQL of its own, all syncs on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench import issuing, stocked_town  # noqa: E402 -- found by the path above
from bench.instant import say  # noqa: E402
from bench.town import Town  # noqa: E402

ISSUER = "11440507MB2X00012R"
TYPES = 5  # a holder has one certificate of each
GATE = {"import_rows_per_second": 10_000, "lookup_p99_ms": 2.0, "issued_per_second": 300}


def fill(place: Town, *, size: int, folder: Path) -> list[dict[str, Any]]:
    """Bring certificates in until there are so many; return how fast each file came in."""
    state = folder / "filled.json"
    filled: list[dict[str, Any]] = json.loads(state.read_text()) if state.exists() else []
    while sum(one["rows"] for one in filled) < size:
        done = sum(one["rows"] for one in filled)
        holders = min(size // TYPES, 200_000)
        lap, number = divmod(done // holders, TYPES)
        say(f"{done:,} certificates; bringing in {holders:,} of type {number + 1}")
        filled.append(_bring_in(place, folder, number=number + 1, first=lap * holders, holders=holders))
        state.write_text(json.dumps(filled, indent=1))
    return filled


def _bring_in(place: Town, folder: Path, *, number: int, first: int, holders: int) -> dict[str, Any]:
    path = folder / "store.csv"
    told = json.loads(
        place.run("-m", "bench.stocking", "sheet", str(path), str(number), str(first), str(holders))
    )
    load, worked = os.getloadavg(), _worked(place)
    place.manage("import_certificates", str(path), "--type", f"bench_{number}", "--issuer", ISSUER)
    spent = [after - before for before, after in zip(worked, _worked(place), strict=True)]
    path.unlink()
    done = json.loads(place.run("-m", "bench.stocking", "imported"))
    if done["accepted"] + done["known"] != holders:  # known: of a run that was killed
        raise SystemExit(f"not all came in: {done}")
    return {
        "rows": holders,
        "new_holders": number == 1,
        "known": done["known"],
        "row_bytes": told["file_bytes"] // holders,
        "seconds": round(done["seconds"], 1),
        "rows_per_second": round(holders / done["seconds"]),
        "processor_us_a_row": {
            "python": round(spent[0] / holders * 1e6, 1),
            "postgres": round(spent[1] / holders * 1e6, 1),
        },
        "load_average_before": load[0],
    }


def _worked(place: Town) -> tuple[float, float]:
    """Return the processor seconds of our programs that have ended, and of PostgreSQL's."""
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    stat = Path(f"/proc/{place.running['postgres'].process.pid}/stat").read_text().rpartition(") ")[2].split()
    return own.ru_utime + own.ru_stime, (int(stat[13]) + int(stat[14])) / os.sysconf("SC_CLK_TCK")


def spread(values: list[float]) -> dict[str, float]:
    """Return median, p95, p99 and max; nearest rank."""
    ordered = sorted(values)
    ranks = {"median": 50, "p95": 95, "p99": 99}
    named = {name: ordered[-(-len(ordered) * percent // 100) - 1] for name, percent in ranks.items()}
    return {name: round(value, 3) for name, value in {**named, "max": ordered[-1]}.items()}


def measured(place: Town, *, questions: int, issued: int) -> dict[str, Any]:
    """Return the figures of a store that is filled."""
    found: dict[str, Any] = {"store": json.loads(place.run("-m", "bench.stocking", "size"))}
    say("asking by holder and types")
    asked = json.loads(place.run("-m", "bench.stocking", "lookup", str(questions)))
    spreads = {name: spread(asked[name]) for name in ("ms", "in_database_ms")}
    found["lookup"] = asked | spreads | {"load_average_after": os.getloadavg()[0]}
    if issued:
        say("issuing with signature")
        found["issuing"] = issuing.figures(place, count=issued)
    return found


@contextmanager
def paced() -> Iterator[None]:
    """Say how long it took."""
    begun = time.perf_counter()
    yield
    say(f"{time.perf_counter() - begun:.0f} s in all")


def main() -> int:
    """Fill, ask, issue, print; exit 1 when a figure is missed and --gate is given."""
    options = _options()
    folder = stocked_town.folder_of(options.size)
    with paced(), stocked_town.opened(folder) as place:
        filled = fill(place, size=options.size, folder=folder)
        figures = measured(place, questions=options.questions, issued=options.issued)
    if options.papers:
        say("sealed papers and the public check")
        command = [sys.executable, str(ROOT / "bench" / "papers.py")]
        figures["papers"] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    report: dict[str, Any] = {
        "machine": {
            "cores": os.cpu_count(),
            "nice": os.nice(0),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "import": filled,
        **figures,
        "gate": GATE,
    }
    best = max(one["rows_per_second"] for one in filled if not one.get("known"))
    report["met"] = {
        "import": best >= GATE["import_rows_per_second"],
        "lookup": figures["lookup"]["in_database_ms"]["p99"] <= GATE["lookup_p99_ms"],
        "issuing": figures.get("issuing", {}).get("per_second", 0) >= GATE["issued_per_second"],
    }
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return int(options.gate and not all(report["met"].values()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures a store of certificates; prints JSON.")
    parser.add_argument(
        "--size", type=int, default=1_000_000, help="certificates, a multiple of 5 (1,000,000)"
    )
    parser.add_argument("--questions", type=int, default=20_000, help="look-ups by holder and types (20,000)")
    parser.add_argument(
        "--issued", type=int, default=3000, help="certificates to issue with signature (3,000)"
    )
    parser.add_argument(
        "--papers", action="store_true", help="run bench/papers.py too, and take its figures in"
    )
    parser.add_argument("--gate", action="store_true", help="exit 1 when a figure is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
