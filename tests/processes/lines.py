"""The line between a phone and the portal, which a test may cut while something is on its way."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading


class Line(socketserver.ThreadingTCPServer):
    """Carries every connection on to a port of this machine, both ways, until it is cut."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *, to: int) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), _Connection)
        self.to = to
        self.is_cut = False
        self.carrying: set[socket.socket] = set()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def site(self) -> str:
        """Return the portal's address at the phone's end."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def cut(self) -> None:
        """Break what is being carried, and carry nothing more."""
        self.is_cut = True
        for end in list(self.carrying):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Carry again."""
        self.is_cut = False


class _Connection(socketserver.BaseRequestHandler):
    server: Line

    def handle(self) -> None:
        if self.server.is_cut:
            return
        with socket.create_connection(("127.0.0.1", self.server.to)) as far:
            self.server.carrying |= {self.request, far}
            back = threading.Thread(target=_carry, args=(far, self.request), daemon=True)
            back.start()
            _carry(self.request, far)
            back.join()
            self.server.carrying -= {self.request, far}


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(65_536):
            target.sendall(content)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
