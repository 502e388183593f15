"""The breaker of each register: after failures in a row nobody asks it for a while; then one question tries it.

Shared by all worker processes through Redis; without Redis each process goes by what it sees itself. What is not known
is asked: a breaker saves time, it decides nothing.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import redis

from common import clock
from common.redis import attempt
from registers.models import Register

LOOK_SECONDS = 1.0  # how old a process's view may be before it looks again
DAY = 86_400
_ONE = 1


@dataclass(slots=True)
class View:
    """What this process knows of one register: since when its breaker is open, and how many failed in a row."""

    opened: datetime | None = None
    failures: int = 0
    looked: float = 0.0
    # Only where there is no Redis: until when the failures count, and until when nobody asks.
    counts_until: float = 0.0
    rests_until: float = 0.0


_views: dict[str, View] = {}


def allowed(registers: Iterable[Register]) -> dict[str, int | None]:
    """Return for each register how many questions may go out now: None any number, 1 to try it, 0 none."""
    asked = list(registers)
    known = states([one.name for one in asked if one.breaker_failures])
    return {
        one.name: None if one.name not in known or known[one.name] is None else _probes(one) for one in asked
    }


def states(names: Collection[str], *, fresh: bool = False) -> dict[str, datetime | None]:
    """Return since when each breaker is open, None for closed; looked up at most once a second unless `fresh`."""
    now = time.monotonic()
    views = {name: _views.setdefault(name, View(looked=-LOOK_SECONDS)) for name in names}
    stale = [name for name, view in views.items() if fresh or now - view.looked >= LOOK_SECONDS]
    if stale:
        attempt(lambda shared: _look(shared, stale), otherwise=lambda: None)
        for name in stale:
            views[name].looked = now
    return {name: view.opened for name, view in views.items()}


def note(register: Register, *, answered: int, failed: int) -> None:
    """Take in how questions went: one answer closes the breaker, failures without an answer open it."""
    if not register.breaker_failures:
        return
    view = _views.setdefault(register.name, View())
    if answered and (view.opened or view.failures):
        attempt(lambda shared: _close(shared, register.name), otherwise=lambda: None)
        _views[register.name] = View(looked=view.looked)
    elif failed and not answered:
        attempt(
            lambda shared: _count(shared, register, view, failed),
            otherwise=lambda: _count_here(register, view, failed),
        )


def _probes(register: Register) -> int:
    view = _views[register.name]
    taken = attempt(
        lambda shared: bool(
            shared.set(_key(register.name, "rest"), _ONE, nx=True, px=register.breaker_pause_seconds * 1000)
        ),
        otherwise=lambda: _take_here(register, view),
    )
    return _ONE if taken else 0


def _look(shared: redis.Redis, names: Collection[str]) -> None:
    keys = [_key(name, what) for name in names for what in ("open", "failures")]
    found: list[str | None] = shared.mget(keys)  # type: ignore[assignment] # of a client that is not async
    for at, name in enumerate(names):
        opened, failures = found[2 * at], found[2 * at + 1]
        view = _views[name]
        view.opened = datetime.fromisoformat(opened) if opened else None
        view.failures = int(failures or 0)


def _count(shared: redis.Redis, register: Register, view: View, failed: int) -> None:
    key = _key(register.name, "failures")
    with shared.pipeline() as pipeline:
        pipeline.set(key, 0, ex=register.breaker_window_seconds, nx=True)
        pipeline.incrby(key, failed)
        _, view.failures = pipeline.execute()
    if view.opened is None and view.failures < register.breaker_failures:
        return
    view.opened = view.opened or clock.now()
    pause = register.breaker_pause_seconds * 1000
    with shared.pipeline() as pipeline:
        pipeline.set(_key(register.name, "open"), view.opened.isoformat(), ex=DAY)
        pipeline.set(_key(register.name, "rest"), _ONE, px=pause)
        pipeline.execute()


def _close(shared: redis.Redis, name: str) -> None:
    shared.delete(*(_key(name, what) for what in ("open", "failures", "rest")))


def _count_here(register: Register, view: View, failed: int) -> None:
    now = time.monotonic()
    view.failures = failed + (view.failures if now < view.counts_until else 0)
    if view.failures == failed:
        view.counts_until = now + register.breaker_window_seconds
    if view.opened or view.failures >= register.breaker_failures:
        view.opened = view.opened or clock.now()
        view.rests_until = now + register.breaker_pause_seconds


def _take_here(register: Register, view: View) -> bool:
    now = time.monotonic()
    if now < view.rests_until:
        return False
    view.rests_until = now + register.breaker_pause_seconds
    return True


def _key(name: str, what: str) -> str:
    return f"register:{name}:{what}"
