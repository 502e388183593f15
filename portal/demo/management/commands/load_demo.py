"""manage.py load_demo [--fresh-marker]: the demo district, marked as such."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from common.errors import DomainError
from portal.demo.district import loading


class Command(BaseCommand):
    """Loads what is missing; loading again changes nothing."""

    help = "装入演示区的部门、证照类型、数据来源、事项、人物、企业和证照，并把数据库标记为演示数据库"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where the stand-in's records go, and whether the mark is made anew."""
        parser.add_argument("--registers", type=Path, default=loading.REGISTER_FILE, help="替身的数据文件")
        parser.add_argument("--fresh-marker", action="store_true", help="重新标记，演示时钟回到今天")
        parser.add_argument("--mark-only", action="store_true", help="只标记数据库，不装入数据")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what is new; refuse a database that holds real people."""
        try:
            loading.mark(at=clock.now(), anew=options["fresh_marker"])
            if options["mark_only"]:
                return
            done = loading.load(register_file=options["registers"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"演示区：新增人物 {done.people}，企业 {done.businesses}，证照 {done.certificates}，事项 {done.matters}"
        )
