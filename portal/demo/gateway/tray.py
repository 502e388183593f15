"""What the stand-in took: each letter once, whatever how often it was sent, to whom only as masked."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from accounts.states import Channel
from accounts.telling import wording
from common import clock
from common.identifiers import mask_mobile

KEPT = 500


@dataclass(slots=True)
class Letter:
    """One SMS or e-mail as it arrived; `times` counts how often it was sent under its id."""

    id: str
    channel: str
    to: str
    title: str
    text: str
    at: str
    times: int = 1


class Tray:
    """The last letters by id, in memory: they are gone when the stand-in ends."""

    def __init__(self) -> None:
        self._letters: OrderedDict[str, Letter] = OrderedDict()

    def put_sms(self, told: Mapping[str, Any]) -> None:
        """Keep an SMS as it would arrive, from its template and values. Raises KeyError, TypeError, ValueError."""
        template = str(told["template"])
        text = wording.several().sms if template == wording.NAME else wording.of(template).sms
        filled = wording.fill_sms(text, {str(name): str(value) for name, value in told["values"].items()})
        self._put(Channel.SMS, told, to=mask_mobile(str(told["mobile"])), title="", text=filled)

    def put_mail(self, told: Mapping[str, Any]) -> None:
        """Keep an e-mail. Raises KeyError."""
        name, _, host = str(told["to"]).partition("@")
        self._put(
            Channel.EMAIL,
            told,
            to=f"{name[:1]}***@{host}",
            title=str(told["subject"]),
            text=str(told["body"]),
        )

    def _put(self, channel: Channel, told: Mapping[str, Any], *, to: str, title: str, text: str) -> None:
        known = self._letters.get(str(told["id"]))
        if known is not None:
            known.times += 1
            return
        at = clock.system_time().astimezone(clock.SHANGHAI).isoformat(timespec="seconds")
        self._letters[str(told["id"])] = Letter(str(told["id"]), str(channel), to, title, text, at)
        while len(self._letters) > KEPT:
            self._letters.popitem(last=False)

    def shown(self) -> list[dict[str, Any]]:
        """Return the letters, the newest first."""
        return [asdict(letter) for letter in reversed(self._letters.values())]
