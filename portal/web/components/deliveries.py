"""What became of a message by SMS and e-mail, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Delivery
from accounts.states import Channel
from portal.web.components.wording import short_dt

State = Delivery.State
SOON = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Went:
    """How one delivery went: a pill and its words; `why` is for officers."""

    pill: str
    words: str
    why: str = ""


def went(deliveries: Iterable[Delivery], *, at: datetime) -> tuple[Went, ...]:
    """Return how the deliveries of a message went."""
    return tuple(_went(one, at) for one in deliveries)


def _went(one: Delivery, at: datetime) -> Went:
    channel = str(Channel(one.channel).label)
    match one.state:
        case State.SENT:
            return Went("pass", f"{channel}已发送 {short_dt(one.settled_at or at)}")
        case State.GIVEN_UP:
            return Went("fail", f"{channel}没有送达", one.error)
        case State.UNWANTED:
            return Went("neutral", f"{channel}没有发送", one.error)
    if one.not_before > at + SOON:
        return Went("waiting", f"{channel}将在 {short_dt(one.not_before)} 以后发送", one.error)
    return Went("waiting", f"{channel}正在发送", one.error)
