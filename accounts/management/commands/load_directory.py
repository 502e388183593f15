"""`manage.py load_directory FILE [--dry-run]`: departments, halls, and who works where."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from accounts.directory import loading
from rules.language.invalid import InvalidTree


class Command(BaseCommand):
    """Enter a directory file; all or nothing."""

    help = "Enters departments, halls, accounts and posts from a JSON file; changes nothing when anything is wrong."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")

    @override
    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            done = loading.load(json.loads(file.read_text(encoding="utf-8")), dry_run=dry_run)
        except (OSError, ValueError) as error:
            raise CommandError(_words(file, error)) from error
        self.stdout.write("检查通过，没有改动。如果导入：" if dry_run else "已导入。")
        self.stdout.write(
            f"行政区划 {done.regions}，部门 {done.departments}，大厅 {done.halls}，新岗位 {done.posts}"
        )
        for username in done.people:
            self.stdout.write(f"新账号　{username}　（还没有密码：manage.py give_password {username}）")


def _words(file: Path, error: Exception) -> str:
    if isinstance(error, InvalidTree):
        lines = "\n".join(f"{path}：{message}" for path, message in error.problems)
        return f"{file}：{len(error.problems)} 处问题，什么也没有改动：\n{lines}"
    if isinstance(error, OSError):
        return f"{file}：读不到这个文件（{error.strerror}）。"
    return f"{file}：不是 JSON（{error}）。"
