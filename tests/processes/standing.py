"""The stand-in registers in a process of their own, told what to know and how to fail over HTTP."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

from registers.standin.book import Book
from registers.standin.desk import Desk, FaultKind
from tests.factories.standin import Standin


class FarStandin(Standin):
    """Takes the same orders as the stand-in in a thread."""

    def __init__(self, address: str) -> None:
        super().__init__(Desk(Book()))
        self.address = address

    @property
    def url(self) -> str:
        return self.address

    def know(self, register: str, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        self._order({"register": register, "records": [{"key": dict(key), "values": dict(values)}]})

    def fail(self, register: str, kind: FaultKind, *, ms: int = 0) -> None:
        self._order({"register": register, "fault": str(kind), "ms": ms})

    def heal(self) -> None:
        self._order({"reset": True})

    def _order(self, order: Mapping[str, Any]) -> None:
        sent = urllib.request.Request(
            f"{self.address}/control", data=json.dumps(order).encode(), method="POST"
        )
        with urllib.request.urlopen(sent, timeout=5) as answer:
            answer.read()
