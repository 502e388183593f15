"""manage.py reconcile_certificates FILE --type SLUG --issuer CODE: a bureau's own file held against the store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import actors
from certificates import schemas
from certificates.states import FileOrigin, ImportState
from certificates.stocking import reconciling
from certificates.stocking.files import reading, shelving
from certificates.stocking.reconciling import KINDS
from common.errors import DomainError


class Command(BaseCommand):
    """Says which certificates only the file has, only the store has, and in what others differ."""

    help = "把一个证照文件与证照库对账，不改动任何内容"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, what is in it, who issued it, and how to tell the outcome."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--type", required=True, help="证照类型的代号（slug）")
        parser.add_argument("--issuer", required=True, help="颁发机构的统一社会信用代码")
        parser.add_argument("--json", action="store_true", help="写出整份 JSON 报告")
        parser.add_argument("--csv", action="store_true", help="写出 CSV 清单")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, keep the report, and tell it."""
        path: Path = options["file"]

        def blocks(position: int) -> Any:
            return shelving.at_path(path, position)

        try:
            kind = schemas.kinds({options["type"]})[options["type"]]
            one = reconciling.begin(
                reading.survey(blocks),
                kind=kind,
                issuer_code=options["issuer"],
                file_name=path.name,
                origin=FileOrigin.COMMAND,
                actor=actors.SYSTEM,
            )
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        reconciling.run(one, blocks)
        if one.state == ImportState.FAILED:
            raise CommandError(one.fault)
        if options["json"]:
            self.stdout.write(json.dumps(one.report, ensure_ascii=False, indent=1))
        elif options["csv"]:
            self.stdout.write("".join(reconciling.as_csv(one.report)))
        else:
            counts = one.report["counts"]
            self.stdout.write("，".join(f"{label} {counts[kind]}" for kind, label in KINDS.items()))
