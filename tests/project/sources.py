"""The files of this checkout that the project's own rules are about."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = ("evaluations", "approvals", "matters", "certificates", "registers", "accounts", "records")
PACKAGES = ("portal", *APPS, "rules", "common")
NOT_OURS = {".git", ".venv", "var", "node_modules", "vendor", "__pycache__", "htmlcov"}


def python_files(*folders: str) -> list[Path]:
    """Return the Python files under these folders, migrations left out."""
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in files if "migrations" not in path.parts and not NOT_OURS & set(path.parts))


def templates() -> list[Path]:
    return sorted([*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")])


def checkout_files() -> list[Path]:
    """Return every file git knows or would add."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


@cache
def tree(path: Path) -> ast.Module:
    """Return what stands in a file, read once; nobody may change it."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
