"""manage.py import_certificates FILE --type SLUG --issuer CODE: an existing store comes in; goes on after a crash."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from certificates import schemas
from certificates.models import CertificateType, ImportBatch
from certificates.states import FileOrigin
from certificates.stocking import importing, starting
from certificates.stocking.files import reading, shelving
from certificates.stocking.files.reading import Blocks, Survey
from certificates.stocking.importing import Progress
from common.errors import DomainError

SHOWN = 20


class Command(BaseCommand):
    """Takes a CSV or JSON Lines file of certificates of one type into the store."""

    help = "导入存量证照（CSV 或 JSON Lines）；中断以后再运行一次就接着导入"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, what is in it, and who issued it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--type", required=True, help="证照类型的代号（slug）")
        parser.add_argument("--issuer", required=True, help="颁发机构的统一社会信用代码")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument(
            "--refused", type=Path, help="把没有导入的行写到这个文件（内容不加密，请妥善保管）"
        )
        parser.add_argument("--processes", type=int, default=importing.PROCESSES, help="同时用几个进程（2）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or only look; say how far it has come and at last what was refused."""
        path: Path = options["file"]

        def blocks(position: int) -> Any:
            return shelving.at_path(path, position)

        try:
            kind = schemas.kinds({options["type"]})[options["type"]]
            told = reading.survey(blocks)
            if options["dry_run"]:
                self._try(blocks, told, kind=kind, issuer=options["issuer"])
            else:
                self._import(blocks, told, kind=kind, options=options)
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error

    def _try(self, blocks: Blocks, told: Survey, *, kind: CertificateType, issuer: str) -> None:
        accepted = known = rejected = replaced = 0
        for prepared, _ in starting.try_out(blocks, told, kind=kind, issuer_code=issuer):
            accepted, known = accepted + prepared.accepted, known + prepared.known
            replaced += prepared.replaced
            for one in prepared.refused:
                rejected += 1
                if rejected <= SHOWN:
                    self.stdout.write(f"第 {one.line} 行：{one.reason}")
        counts = (
            f"可以导入 {accepted}，库里已有 {known}，不能导入 {rejected}，库里原有的将被替代 {replaced}。"
        )
        self.stdout.write(f"{counts}没有写入任何内容。")

    def _import(
        self, blocks: Blocks, told: Survey, *, kind: CertificateType, options: dict[str, Any]
    ) -> None:
        batch = starting.begin(
            told,
            kind=kind,
            issuer_code=options["issuer"],
            file_name=options["file"].name,
            origin=FileOrigin.COMMAND,
            actor=f"operator:{getpass.getuser()}"[:60],
        )
        importing.run(batch, blocks, told=told, processes=options["processes"], tell=self._tell)
        batch.refresh_from_db()
        self.stdout.write(
            f"新入库 {batch.accepted}，库里已有 {batch.known}，没有导入 {batch.rejected}，"
            f"库里原有的已被替代 {batch.superseded}（导入编号 {batch.pk}）"
        )
        self._tell_refused(batch, options["refused"])

    def _tell(self, progress: Progress) -> None:
        left = "" if progress.seconds_left is None else f"，约剩 {progress.seconds_left} 秒"
        self.stderr.write(
            f"{progress.percent}%  {progress.lines} 行，每秒 {progress.rows_per_second} 行{left}"
        )

    def _tell_refused(self, batch: ImportBatch, target: Path | None) -> None:
        refused = shelving.refused(batch.pk, until=batch.size)
        if target is not None:
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write("\ufeff")
                out.writelines(importing.refused_lines(batch))
            self.stdout.write(f"没有导入的行写在 {target}")
            return
        for number, (line, reason, _) in enumerate(refused):
            if number == SHOWN:
                self.stdout.write("……")
                break
            self.stdout.write(f"第 {line} 行：{reason}")
