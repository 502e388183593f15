"""Files and functions that fit in a head; see CONTRIBUTING.md."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

from tests.project import sources

CODE = [*sources.PACKAGES, "scripts", "docker", "bench"]
FILE, TEST_FILE, FUNCTION, TEMPLATE = 400, 1000, 40, 200


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end; the docstring says why, and is not counted."""
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(getattr(first, "value", None), ast.Constant)
    told = (first.end_lineno or 0) - first.lineno + 1 if documented and ast.get_docstring(node) else 0
    return (node.end_lineno or 0) - node.lineno + 1 - told


def too_long(paths: list[Path], *, limit: int) -> list[str]:
    sizes = {sources.name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [f"{name}: {size} lines" for name, size in sizes.items() if size > limit]


def test_files_are_short() -> None:
    assert not too_long(sources.python_files(*CODE), limit=FILE)


def test_test_files_are_short() -> None:
    assert not too_long(sources.python_files("tests"), limit=TEST_FILE)


def test_templates_are_short() -> None:
    assert not too_long(sources.templates(), limit=TEMPLATE)


def test_functions_are_short() -> None:
    long = [
        f"{sources.name(path)}:{node.lineno} {node.name}: {length(node)} lines"
        for path in sources.python_files(*CODE)
        for node in sources.functions(path)
        if length(node) > FUNCTION
    ]
    assert not long


def test_most_functions_are_very_short() -> None:
    sizes = [length(node) for path in sources.python_files(*CODE) for node in sources.functions(path)]
    assert statistics.median(sizes) <= 9


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f():\n    return 1\n", 2),
        ('def f():\n    """Why.\n\n    More.\n    """\n    return 1\n', 2),
        ("def f(\n    a,\n):\n    '''Why.'''\n    return a\n", 4),
    ],
)
def test_length_leaves_the_docstring_out(source: str, lines: int) -> None:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert length(node) == lines
