"""manage.py serve_registers --port PORT: the stand-in for the outside registers, for demos and tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from registers.standin.book import Book
from registers.standin.desk import Desk
from registers.standin.serving import serve


class Command(BaseCommand):
    """Serves made-up answers, on 127.0.0.1 unless told otherwise; needs no database."""

    help = "启动数据共享来源的替身（仅供演示和测试）"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the port and the file of made-up records."""
        parser.add_argument("--host", default="127.0.0.1", help="在哪个地址监听（默认只在本机）")
        parser.add_argument("--port", type=int, default=9999)
        parser.add_argument("--data", type=Path, default=settings.VAR_DIR / "demo" / "registers.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until ended."""
        labels = _labels(settings.DATA_DIR / "registers")
        desk = Desk(Book(options["data"], names=labels), labels=labels)
        serve(desk, host=options["host"], port=options["port"], ready=self._tell)

    def _tell(self, port: int) -> None:
        self.stdout.write(f"数据共享来源的替身在 http://127.0.0.1:{port}/ （仅供演示和测试）")
        self.stdout.flush()


def _labels(folder: Path) -> dict[str, str]:
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return {document["name"]: document["label"] for document in documents}
