"""A stand-in for clamd, for demos and tests only: it knows one harmless test signature (EICAR) and no real virus.

Ordered to, it hangs, fails, or answers nonsense: over its own line `zORDER <mood>`, which no real clamd understands.
"""

from __future__ import annotations

import socketserver
import struct
import threading
from enum import StrEnum

EICAR = (
    rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
)  # in two: no scanner stumbles here
LARGEST = 25_000_000


class Mood(StrEnum):
    """How the stand-in behaves."""

    WELL = "well"
    HANG = "hang"
    ERROR = "error"
    GARBLE = "garble"


class StandinScanner(socketserver.ThreadingTCPServer):
    """Listens on this machine only."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, port: int = 0) -> None:
        """Bind; port 0 takes a free one."""
        super().__init__(("127.0.0.1", port), _Conversation)
        self.mood = Mood.WELL
        self.looked = 0
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        """Return what CLAMD_URL has to say."""
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    server: StandinScanner

    def handle(self) -> None:
        command = self._command()
        if command == b"zPING":
            self._answer("PONG")
        elif command.startswith(b"zORDER "):
            self.server.mood = Mood(command.removeprefix(b"zORDER ").decode())
            self._answer("DONE")
        elif command == b"zINSTREAM":
            self._look(self._stream())
        else:
            self._answer("UNKNOWN COMMAND")

    def _look(self, content: bytes) -> None:
        self.server.looked += 1
        match self.server.mood:
            case Mood.HANG:
                self.server.ended.wait(120)
            case Mood.ERROR:
                self._answer("INSTREAM size limit exceeded. ERROR")
            case Mood.GARBLE:
                self.wfile.write(b"\xff\xfe stream")
            case Mood.WELL:
                self._answer("stream: Eicar-Test-Signature FOUND" if EICAR in content else "stream: OK")

    def _stream(self) -> bytes:
        content = b""
        while (length := struct.unpack("!L", self.rfile.read(4))[0]) and len(content) < LARGEST:
            content += self.rfile.read(length)
        return content

    def _command(self) -> bytes:
        told = b""
        while len(told) < 64 and (letter := self.rfile.read(1)) not in {b"\0", b"\n", b""}:
            told += letter
        return told

    def _answer(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\0")
