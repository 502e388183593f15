"""manage.py export_certificates --type SLUG --to FILE --by USER --reason TEXT: a store goes out, each look recorded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from certificates import schemas
from certificates.stocking import exporting
from certificates.stocking.exporting import Counted
from certificates.stocking.files.reading import Form
from common.errors import DomainError


class Command(BaseCommand):
    """Writes all certificates of a type that the keeper's department issued, as the importer reads them."""

    help = "导出本部门签发的一类证照（每张都留下用证记录；文件内容不加密，请妥善保管）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what is exported, where to, who does it, and why."""
        parser.add_argument("--type", required=True, help="证照类型的代号（slug）")
        parser.add_argument("--to", required=True, type=Path, help="新文件；.csv 为 CSV，其他为 JSON Lines")
        parser.add_argument("--by", required=True, help="证照管理员的用户名")
        parser.add_argument("--reason", required=True, help="用途，不超过 200 个字")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, readable by its owner only; an existing one is never written over."""
        path: Path = options["to"]
        form = Form.CSV if path.suffix.lower() == ".csv" else Form.JSON_LINES
        counted = Counted()
        try:
            kind = schemas.kinds({options["type"]})[options["type"]]
            user = User.objects.filter(username=options["by"], is_active=True).first()
            if user is None:
                raise CommandError("没有这个用户。")
            text = exporting.export(user, kind=kind, reason=options["reason"], form=form, counted=counted)
            first = next(text, "")
            with os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", newline=""
            ) as out:
                out.write(first)
                out.writelines(text)
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        broken = f"，{counted.unreadable} 张内容与签发时不一致，没有导出" if counted.unreadable else ""
        self.stdout.write(f"导出 {counted.exported} 张{broken}：{path}")
