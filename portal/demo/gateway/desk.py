"""What the stand-in answers, and how it fails when told to."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings

from accounts.states import Channel
from accounts.telling.sending.gateway import signed
from common import clock
from portal.demo.gateway.tray import Tray
from registers.standin.wire import Reply, Request

HOSTS = ("127.0.0.1", "localhost", "[::1]")
OLDEST_SECONDS = 300
MAX_DELAY_MS = 600_000


class FaultKind(StrEnum):
    """How a channel fails on purpose. DELAY and DROP take the letter, and the sender does not learn it in time."""

    NONE = "none"
    ERROR = "error"
    REFUSE = "refuse"
    DELAY = "delay"
    DROP = "drop"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Fault:
    """One channel's present fault; `ms` belongs to DELAY."""

    kind: FaultKind = FaultKind.NONE
    ms: int = 0


REFUSALS = {
    FaultKind.ERROR: Reply(500, b'{"error": "the stand-in was told to fail"}'),
    FaultKind.REFUSE: Reply(422, b'{"error": "the stand-in was told to refuse"}'),
    FaultKind.SILENCE: Reply(silent=True),
}


class Desk:
    """Answers POST /sms and /mail (signed), GET /sent, POST /control."""

    def __init__(self, tray: Tray | None = None) -> None:
        self.tray = tray or Tray()
        self.faults: dict[Channel, Fault] = {}
        self.asked = 0

    def answer(self, request: Request) -> Reply:
        """Return the reply to one request of this machine's own programs."""
        if not _is_local(request):
            return _json(403, {"error": "loopback only"})
        match request.method, request.path.partition("?")[0]:
            case "POST", "/sms":
                return self._take(request, Channel.SMS, self.tray.put_sms)
            case "POST", "/mail":
                return self._take(request, Channel.EMAIL, self.tray.put_mail)
            case "GET", "/sent":
                return _json(200, self.state())
            case "POST", "/control":
                return self._control(request)
        return _json(404, {"error": "no such page"})

    def state(self) -> dict[str, Any]:
        """Return what was taken and how the channels fail now."""
        return {
            "letters": self.tray.shown(),
            "asked": self.asked,
            "faults": {str(channel): str(self._fault(channel).kind) for channel in Channel},
        }

    def _fault(self, channel: Channel) -> Fault:
        return self.faults.get(channel, Fault())

    def _take(self, request: Request, channel: Channel, put: Callable[[Mapping[str, Any]], None]) -> Reply:
        self.asked += 1
        if not _is_signed(request):
            return _json(401, {"error": "not signed"})
        fault = self._fault(channel)
        if fault.kind in REFUSALS:
            return REFUSALS[fault.kind]
        try:
            put(json.loads(request.body))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            return _json(400, {"error": type(error).__name__})
        if fault.kind is FaultKind.DROP:
            return Reply(drop=True)
        return _json(200, {"accepted": True}, delay=fault.ms / 1000 if fault.kind is FaultKind.DELAY else 0.0)

    def _control(self, request: Request) -> Reply:
        try:
            order = json.loads(request.body)
            if order.get("reset"):
                self.faults.clear()
            else:
                ms = min(abs(int(order.get("ms") or 0)), MAX_DELAY_MS)
                self.faults[Channel(order["channel"])] = Fault(FaultKind(order["fault"]), ms)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return _json(400, {"error": type(error).__name__})
        return _json(200, self.state())


def _is_local(request: Request) -> bool:
    """Refuse other hosts' names, and every web page: a site must not steer the stand-in through someone's browser."""
    return request.headers.get("host", "").rpartition(":")[0] in HOSTS and "origin" not in request.headers


def _is_signed(request: Request) -> bool:
    timestamp = request.headers.get("x-timestamp", "")
    now = clock.system_time().timestamp()
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > OLDEST_SECONDS:
        return False
    good = signed(request.body, timestamp=timestamp, secret=settings.SMS_SECRET)
    return hmac.compare_digest(good, request.headers.get("x-signature", ""))


def _json(status: int, body: Mapping[str, Any], *, delay: float = 0.0) -> Reply:
    return Reply(status, json.dumps(body, ensure_ascii=False).encode(), delay=delay)
