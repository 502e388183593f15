"""`manage.py serve_scanner --port PORT`: the stand-in for a virus scanner, for demos and tests."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from typing_extensions import override

from records.files.standin import StandinScanner


class Command(BaseCommand):
    """Answers as clamd does on 127.0.0.1; needs no database, and finds no virus but a test signature."""

    help = "启动查毒程序的替身（仅供演示和测试：只认一种无害的测试特征，查不出真的病毒）"
    requires_system_checks: list[str] = []

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=3310)

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        with StandinScanner(port=options["port"]) as server:
            for number in (signal.SIGTERM, signal.SIGINT):
                # From a thread: `shutdown` waits for `serve_forever`, which this handler interrupts.
                signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
            self.stdout.write(f"查毒程序的替身在 {server.url} （仅供演示和测试，查不出真的病毒）")
            self.stdout.flush()
            server.serve_forever()
