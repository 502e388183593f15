"""`manage.py load_directory FILE [--dry-run]`: departments, halls, and who works where; `-` reads standard input."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from accounts.directory import loading
from accounts.models import Post
from common.errors import DomainError
from rules.language.invalid import InvalidTree, json_document


class Command(BaseCommand):
    """Enter a directory file; all or nothing."""

    help = "Enters departments, halls, accounts and posts from a JSON file; changes nothing when anything is wrong."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")

    @override
    def handle(self, *args: Any, file: str, dry_run: bool, **options: Any) -> None:
        try:
            content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            done = loading.load(json_document(content), dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file}：读不到这个文件，请核对路径。") from error
        except InvalidTree as error:
            lines = "\n".join(f"{path}：{message}" if path else message for path, message in error.problems)
            raise CommandError(f"{len(error.problems)} 处问题，什么也没有改动：\n{lines}") from error
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write("检查通过，没有改动。如果导入：" if dry_run else "已导入。")
        self.stdout.write(f"行政区划 {done.regions}，部门 {done.departments}，大厅 {done.halls}")
        for username in done.people:
            self.stdout.write(f"新账号　{username}（还没有密码：manage.py give_password {username}）")
        for post in done.given:
            self.stdout.write(f"新岗位　{_words(post)}")
        for post in done.left:
            self.stdout.write(f"没有改　{_words(post)}：已有这个岗位，日期和文件里的不同，请在“岗位管理”里办")


def _words(post: Post) -> str:
    places = [place.name for place in (post.department, post.hall, post.town) if place is not None]
    days = f"{post.valid_from} 起" + (f"，到 {post.valid_to}" if post.valid_to else "")
    who = f"{post.user.display_name}（{post.user.username}）{post.get_role_display()}"
    return f"{who}，{' '.join(places) or '全区'}，{days}"
