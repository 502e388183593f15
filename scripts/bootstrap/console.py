"""What the scripts say, and how they end: a failure tells what to do next."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130


class Trouble(Exception):
    """Something the person at the terminal can act on: what went wrong, then what to do."""

    def __init__(self, what: str, *, advice: str = "") -> None:
        super().__init__(what)
        self.advice = advice


class Stopped(BaseException):
    """Somebody asked this script to stop: Ctrl-C, SIGTERM or a closed terminal."""


def say(text: str) -> None:
    """Print one line at once, also when the output goes to a file."""
    try:
        print(text, flush=True)
    except OSError:  # the terminal is gone; stopping must go on all the same
        return


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, and how long it took when it took long."""
    say(f"· {text}")
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    if took > 3:
        say(f"  done in {took:.0f} s")


def _stop(_number: int, _frame: FrameType | None) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)  # the clean-up itself is not to be interrupted
    raise Stopped


def run(command: Callable[[list[str]], int], *, arguments: list[str]) -> int:
    """Run a script's main function and return its exit code."""
    signal.signal(
        signal.SIGINT, _stop
    )  # also where a shell started this in the background and had it ignored
    signal.signal(signal.SIGTERM, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup keeps its meaning
        signal.signal(signal.SIGHUP, _stop)
    try:
        return command(arguments)
    except Trouble as trouble:
        print(f"\n✗ {trouble}", file=sys.stderr, flush=True)
        if trouble.advice:
            print(f"  → {trouble.advice}", file=sys.stderr, flush=True)
        return 1
    except Stopped:
        return INTERRUPTED
