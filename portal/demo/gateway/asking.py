"""What the demo's page asks the stand-in: what was sent, and to fail from now on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from accounts.states import Channel

TIMEOUT = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter as the stand-in shows it."""

    channel: str
    to: str
    title: str
    text: str
    at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class State:
    """What the stand-in has and how it fails, by channel."""

    letters: tuple[Sent, ...]
    faults: Mapping[str, str]


def address() -> str:
    """Return where the stand-in answers, http://127.0.0.1:PORT; empty without one."""
    place = urlsplit(settings.SMS_URL)
    return f"{place.scheme}://{place.netloc}" if place.netloc else ""


def state() -> State | None:
    """Return what was sent, None when no stand-in answers."""
    try:
        told: dict[str, Any] = httpx.get(f"{address()}/sent", timeout=TIMEOUT).raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    return State(tuple(_sent(one) for one in told["letters"]), told["faults"])


def _sent(one: Mapping[str, Any]) -> Sent:
    return Sent(
        channel=str(Channel(one["channel"]).label),
        to=one["to"],
        title=one["title"],
        text=one["text"],
        at=datetime.fromisoformat(one["at"]),
        times=one["times"],
    )


def break_down(channel: str, fault: str, *, ms: int = 0) -> bool:
    """Have the stand-in fail from now on (or not any more, `none`); return whether it understood."""
    order = {"channel": channel, "fault": fault, "ms": ms}
    try:
        return httpx.post(f"{address()}/control", json=order, timeout=TIMEOUT).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
