"""docs/reference/environment.md names every variable the code reads, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.project import sources

PAGE = (sources.ROOT / "docs" / "reference" / "environment.md").read_text(encoding="utf-8")
# Set for Django and Python themselves, or asked for only to leave it out.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "PATH", "HOME"}
READERS = {"text", "flag", "whole", "key_bytes", "key_ring", "hours", "share", "words"}


def variables_read() -> Iterator[str]:
    for path in sources.python_files(*sources.PACKAGES, "scripts", "docker"):
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.Call) and node.args:
                called = ast.unparse(node.func)
                if called == "os.environ.get" or called in {f"environment.{name}" for name in READERS}:
                    yield from constants(node.args[0])
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
                yield from constants(node.slice)
    yield from re.findall(r"\$\{(\w+)", (sources.ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def documented() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE))


def test_every_variable_the_code_reads_is_documented() -> None:
    assert {"SECRET_KEY", "WEB_THREADS", "PUBLIC_HOST"} <= set(variables_read())
    assert set(variables_read()) - documented() - NOT_OURS == set()


def test_no_documented_variable_is_forgotten_by_the_code() -> None:
    every = "\n".join(
        path.read_text(encoding="utf-8")
        for path in sources.checkout_files()
        if path.suffix in {".py", ".yml", ".sh"} or path.parent.name == "scripts"
    )
    assert [name for name in sorted(documented()) if not re.search(rf"\b{name}\b", every)] == []
