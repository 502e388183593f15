#!/usr/bin/env python
"""How long after pressing the button does a citizen see the certificate? Prints JSON; see bench/README.md.

Applications by distinct residents over HTTP as a browser would send them: sign in, consent, check, submit, follow the
redirect. First idle, one at a time; then saturated, many clients at once.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench import applying, town  # noqa: E402 -- found by the path above
from bench.town import Town  # noqa: E402
from bench.visitor import Answer, Visitor  # noqa: E402

MATTER = "11440507MB2X00012R4440511001001"
PASSWORD = "measured-2026"  # noqa: S105 -- of people who do not exist
NUMBER = re.compile(r"LH\d{12}")
PROGRAMS = ("registers", "web", "worker", "beat")
GATE = {"median_ms": 50.0, "p99_ms": 150.0}
GIVE_UP_SECONDS = 60.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measured:
    """One application: milliseconds from pressing the button."""

    redirect_ms: float
    visible_ms: float
    looks: int


@dataclass
class Tally:
    """What one run saw; threads append."""

    measured: list[Measured] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    load_before: tuple[float, float, float] = (0, 0, 0)

    def report(self) -> dict[str, Any]:
        """Return the figures."""
        visible = sorted(one.visible_ms for one in self.measured)
        redirect = sorted(one.redirect_ms for one in self.measured)
        return {
            "applications": len(visible),
            "errors": len(self.errors),
            "first_errors": self.errors[:5],
            "seconds": round(self.seconds, 1),
            "decided_per_second": round(len(visible) / self.seconds, 1) if self.seconds else 0,
            "submitted_to_visible_ms": spread(visible),
            "submit_answered_ms": spread(redirect),
            "seen_at_first_look": sum(one.looks == 1 for one in self.measured),
            "load_average_before": self.load_before,
            "load_average_after": os.getloadavg(),
        }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return median, p90, p99 and max of sorted values; nearest rank."""
    if not values:
        return {}
    ranks = {"median": 50, "p90": 90, "p99": 99}
    named = {name: values[-(-len(values) * percent // 100) - 1] for name, percent in ranks.items()}
    return {name: round(value, 1) for name, value in {**named, "max": values[-1]}.items()}


def prepared(site: str, username: str) -> tuple[Visitor, Answer]:
    """Sign in, agree, and stand before the button."""
    visitor = Visitor(site)
    applying.sign_in(visitor, username=username, password=PASSWORD)
    return visitor, applying.answer(visitor, applying.consent(visitor, matter=MATTER))


def press(visitor: Visitor, review: Answer) -> Measured:
    """Press the button, follow the redirect, and look until the certificate's number stands on the page."""
    form = review.form(action="/submit")
    began = time.perf_counter()
    answer = visitor.post(review, form)
    redirected = time.perf_counter()
    if answer.status != 302:
        raise applying.NotAsExpected(f"{answer.status} {answer.title}")
    for look in range(1, 1000):
        page = visitor.get(answer.location)
        if NUMBER.search(page.text):
            return Measured((redirected - began) * 1e3, (time.perf_counter() - began) * 1e3, look)
        if "data-poll=" not in page.text or time.perf_counter() - began > GIVE_UP_SECONDS:
            break
        time.sleep(1)  # as the waiting page polls
    raise applying.NotAsExpected(f"{page.status} {page.title}")


def tried(tally: Tally, site: str, username: str) -> None:
    """Let one resident apply, and note how it went."""
    visitor: Visitor | None = None
    try:
        visitor, review = prepared(site, username)
        tally.measured.append(press(visitor, review))
    except (AssertionError, OSError) as error:
        tally.errors.append(f"{type(error).__name__}: {error}"[:300])
    finally:
        if visitor is not None:
            visitor.close()


def idle(site: str, names: Sequence[str], *, pause: float, told: Callable[[int], None]) -> Tally:
    """One at a time, with a pause of random length between them."""
    tally, dice = Tally(load_before=os.getloadavg()), random.Random(1)
    began = time.perf_counter()
    for done, name in enumerate(names):
        time.sleep(pause * dice.uniform(0.5, 1.5))
        tried(tally, site, name)
        told(done)
    tally.seconds = time.perf_counter() - began
    return tally


def saturated(site: str, names: Sequence[str], *, clients: int) -> Tally:
    """Everybody stands before the button first; then `clients` of them press at any time, without a pause."""
    tally, ready, waiting = Tally(), SimpleQueue[tuple[Visitor, Answer]](), SimpleQueue[str]()
    for name in names:
        waiting.put(name)

    def prepare() -> None:
        for name in drained(waiting):
            try:
                visitor, review = prepared(site, name)
                visitor.close()
                ready.put((visitor, review))
            except (AssertionError, OSError) as error:
                tally.errors.append(f"{type(error).__name__}: {error}"[:300])

    def push() -> None:
        for visitor, review in drained(ready):
            try:
                tally.measured.append(press(visitor, review))
            except (AssertionError, OSError) as error:
                tally.errors.append(f"{type(error).__name__}: {error}"[:300])
            finally:
                visitor.close()

    at_once(prepare, 4)
    tally.load_before = os.getloadavg()
    began = time.perf_counter()
    at_once(push, clients)
    tally.seconds = time.perf_counter() - began
    return tally


def drained(queue: SimpleQueue[T]) -> Iterator[T]:
    """Give what is left in a queue."""
    while True:
        try:
            yield queue.get_nowait()
        except Empty:
            return


def at_once(work: Callable[[], None], threads: int) -> None:
    """Run the same work in several threads, to the end."""
    started = [threading.Thread(target=work) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


def fill(place: Town, count: int) -> list[str]:
    """Enter the residents in the product's own environment."""
    return list(json.loads(place.run("-m", "bench.filling", str(count)).splitlines()[-1]))


def main() -> int:
    """Build a town, measure, print; exit 1 when there were errors, or the gate is missed and `--gate` is given."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the town's programs end too
    with town.opened() as place:
        say("registers, web, worker, timetable")
        for name in PROGRAMS:
            place.start(name)
        say(f"entering {options.idle + options.saturated + options.warm} residents")
        names = fill(place, options.idle + options.saturated + options.warm)
        say("warming up")
        if failed := idle(place.site, names[: options.warm], pause=0.05, told=lambda _: None).errors:
            raise SystemExit(f"the warm-up failed: {failed[:3]}")
        names = names[options.warm :]
        say("idle")
        first = idle(place.site, names[: options.idle], pause=options.pause, told=_progress)
        say("saturated")
        second = saturated(place.site, names[options.idle :], clients=options.clients)
        say("looking through the journal")
        sound = "sound" in place.manage("verify_journal")
    report: dict[str, Any] = {
        "machine": {
            "cores": os.cpu_count(),
            "nice": os.nice(0),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "options": vars(options),
        "idle": first.report(),
        "saturated": second.report(),
        "journal_sound": sound,
    }
    seen = report["idle"]["submitted_to_visible_ms"]
    report["gate"] = {**GATE, "met": bool(seen) and seen["median"] <= 50.0 and seen["p99"] <= 150.0}
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return int(bool(first.errors or second.errors) or (options.gate and not report["gate"]["met"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures submitted → visible over HTTP; prints JSON.")
    parser.add_argument("--idle", type=int, default=500, help="applications one at a time (500)")
    parser.add_argument("--saturated", type=int, default=500, help="applications by many at once (500)")
    parser.add_argument("--clients", type=int, default=16, help="how many at once (16)")
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two, on average (0.1)")
    parser.add_argument("--warm", type=int, default=40, help="applications before anything is measured (40)")
    parser.add_argument("--gate", action="store_true", help="exit 1 when the idle figures miss the gate")
    return parser.parse_args()


def _progress(done: int) -> None:
    if done % 100 == 99:
        say(f"  {done + 1}")


def say(text: str) -> None:
    """Tell whoever watches; stdout holds the JSON alone."""
    print(f"· {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
