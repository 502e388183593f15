"""manage.py serve_gateway --port PORT: the stand-in for the SMS gateway and the mail server, for demos and tests."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.demo.gateway.desk import Desk
from registers.standin.serving import serve


class Command(BaseCommand):
    """Takes what is sent on 127.0.0.1 and keeps it in memory; needs no database."""

    help = "启动短信网关和邮件服务器的替身（仅供演示和测试，只监听本机）"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the port."""
        parser.add_argument("--port", type=int, default=9998)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until ended."""
        serve(Desk(), port=options["port"], ready=self._tell)

    def _tell(self, port: int) -> None:
        self.stdout.write(f"短信网关的替身在 http://127.0.0.1:{port}/ （仅供演示和测试）")
        self.stdout.flush()
