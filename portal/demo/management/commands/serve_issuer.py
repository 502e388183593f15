"""manage.py serve_issuer --port PORT: the stand-in for the identity platform, for demos and tests."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.demo.district.lives import district
from portal.demo.district.residents import residents
from portal.demo.issuer.desk import Client, Desk
from portal.demo.issuer.page import Someone
from registers.standin.serving import serve


class Command(BaseCommand):
    """Lets one sign in as anybody of the demo's named people, on 127.0.0.1; needs no database."""

    help = "启动省统一身份认证平台的替身（仅供演示和测试，只监听本机）"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the port."""
        parser.add_argument("--port", type=int, default=9997)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until ended."""
        client = Client(settings.PLATFORM_CLIENT_ID, settings.PLATFORM_CLIENT_SECRET)
        desk = Desk(client, _people(), address=f"http://127.0.0.1:{options['port']}")
        serve(desk, port=options["port"], ready=self._tell)

    def _tell(self, port: int) -> None:
        self.stdout.write(f"省统一身份认证平台的替身在 http://127.0.0.1:{port}/ （仅供演示和测试）")
        self.stdout.flush()


def _people() -> list[Someone]:
    return [
        Someone(one.life.username, one.name, one.id_number, mobile=one.mobile)
        for one in residents(district())
        if one.life is not None
    ]
