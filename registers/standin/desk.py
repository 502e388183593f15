"""What the stand-in answers, and how it fails when told to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from registers.standin import page
from registers.standin.book import Book, Pages
from registers.standin.wire import Reply, Request

LOCAL = ("127.0.0.1", "localhost", "[::1]")
MAX_DELAY_MS = 600_000


class FaultKind(StrEnum):
    """How a register fails on purpose."""

    NONE = "none"
    DELAY = "delay"
    ERROR = "error"
    GARBAGE = "garbage"
    SILENCE = "silence"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Fault:
    """One register's present fault; `ms` belongs to DELAY."""

    kind: FaultKind = FaultKind.NONE
    ms: int = 0


class Desk:
    """Answers requests: POST /<register>, POST /control, GET /control, GET /."""

    def __init__(self, book: Book, *, labels: Mapping[str, str] | None = None) -> None:
        self.book = book
        self.labels = dict(labels or {})
        self.faults: dict[str, Fault] = {}
        self.asked: dict[str, int] = {}

    def answer(self, request: Request) -> Reply:
        """Return the reply to one request; pages and control only for this machine's own pages and programs."""
        path = request.path.partition("?")[0]
        if not _is_local(request):
            return _json(403, {"error": "loopback only"})
        if path == "/control":
            return self._control(request)
        if path == "/" and request.method == "GET":
            return Reply(200, page.render(self.state()).encode(), "text/html; charset=utf-8")
        if request.method != "POST":
            return _json(405, {"error": "POST a query"})
        return self._ask(path.rpartition("/")[2], request.body)

    def state(self) -> list[dict[str, Any]]:
        """Return what each register knows, how it fails, and how often it was asked."""
        self.book.refresh()
        return [
            {
                "register": name,
                "label": self.labels.get(name, name),
                "records": len(pages.records),
                "fault": str(self._fault(name).kind),
                "ms": self._fault(name).ms,
                "asked": self.asked.get(name, 0),
            }
            for name, pages in sorted(self.book.registers.items())
        ]

    def _fault(self, name: str) -> Fault:
        return self.faults.get(name, Fault())

    def _ask(self, name: str, body: bytes) -> Reply:
        self.book.refresh()
        if name not in self.book.registers:
            return _json(404, {"error": "no such register"})
        self.asked[name] = self.asked.get(name, 0) + 1
        fault = self._fault(name)
        match fault.kind:
            case FaultKind.ERROR:
                return _json(500, {"error": "the stand-in was told to fail"})
            case FaultKind.GARBAGE:
                return Reply(200, b'{"hit": tru\xff<html>')
            case FaultKind.SILENCE:
                return Reply(silent=True)
            case FaultKind.DROP:
                return Reply(drop=True)
        return _json(
            *self._look_up(name, body), delay=fault.ms / 1000 if fault.kind is FaultKind.DELAY else 0.0
        )

    def _look_up(self, name: str, body: bytes) -> tuple[int, Mapping[str, Any]]:
        try:
            key = json.loads(body)["query"]
            values = self.book.find(name, key)
        except (ValueError, KeyError, TypeError, AttributeError):
            return 400, {"error": "a JSON object with `query` is expected"}
        return 200, {"hit": False} if values is None else {"hit": True, "values": values}

    def _control(self, request: Request) -> Reply:
        if request.method == "GET":
            return _json(200, {"registers": self.state()})
        as_form = not request.body.lstrip().startswith(b"{")  # the page's form; programs send JSON
        try:
            order = dict(parse_qsl(request.body.decode())) if as_form else json.loads(request.body)
            self._obey(order)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return _json(400, {"error": f"{type(error).__name__}: {error}"})
        return Reply(303, location="/") if as_form else _json(200, {"registers": self.state()})

    def _obey(self, order: Mapping[str, Any]) -> None:
        """Set a fault, add records, set the default answer, `clear` a register, or `reset` all faults."""
        if order.get("reset"):
            self.faults.clear()
            return
        name = str(order["register"])
        if order.get("clear"):
            self.book.registers[name] = Pages()
        if "records" in order or "default" in order:
            self.book.add(name, [(record["key"], record["values"]) for record in order.get("records", ())])
            if "default" in order:
                self.book.registers.setdefault(name, Pages()).default = order["default"]
        if "fault" in order:
            if name not in self.book.registers:
                raise KeyError(name)
            self.faults[name] = Fault(
                FaultKind(order["fault"]), min(abs(int(order.get("ms") or 0)), MAX_DELAY_MS)
            )


def _is_local(request: Request) -> bool:
    """Refuse other hosts' names and pages: a web site must not steer the stand-in through someone's browser."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    return host.rpartition(":")[0] in LOCAL and origin in {None, f"http://{host}"}


def _json(status: int, body: Mapping[str, Any], *, delay: float = 0.0) -> Reply:
    return Reply(status, json.dumps(body, ensure_ascii=False).encode(), delay=delay)
