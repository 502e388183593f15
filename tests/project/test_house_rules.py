"""Rules of the house that a reader should not have to look for."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.project import sources

SHAPELESS = {"utils", "helpers", "services", "managers", "misc", "tools"}
PRODUCT = sources.python_files(*sources.PACKAGES)
ROOMY = 10  # modules a reader takes in at one look
EVERYWHERE = {"__init__", "models", "states", "admin", "apps", "urls", "tasks"}


def test_modules_are_named_for_what_they_do() -> None:
    assert not [sources.name(path) for path in PRODUCT if SHAPELESS & {path.stem, path.parent.name}]


def crowded(paths: list[Path]) -> dict[str, int]:
    """Folders with more than ten modules, of these files."""
    counts = Counter(sources.name(path.parent) for path in paths if path.stem not in EVERYWHERE)
    return {folder: count for folder, count in counts.items() if count > ROOMY}


def test_no_folder_has_more_than_ten_modules() -> None:
    """Past ten modules a folder gets rooms (docs/decisions/0018).

    Counted are the Python files in the folder itself. Not counted are its rooms (sub-packages), migrations, and the
    modules that every app may have and every reader knows: __init__, models, states, admin, apps, urls, tasks.
    """
    assert not crowded(PRODUCT)


@pytest.mark.parametrize(("modules", "found"), [(10, {}), (11, {"approvals/deciding": 11})])
def test_the_eleventh_module_is_one_too_many(modules: int, found: dict[str, int]) -> None:
    folder = sources.ROOT / "approvals" / "deciding"
    names = [*EVERYWHERE, *(f"module_{number}" for number in range(modules))]
    assert crowded([folder / f"{name}.py" for name in names]) == found


def calls_and_imports(path) -> list[str]:
    found = []
    for node in ast.walk(sources.tree(path)):
        if isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return found


def test_no_signals_of_our_own() -> None:
    """Django's signals hide what a save does. Celery's hooks in portal/celery.py are its way to configure it."""
    using = {
        sources.name(path)
        for path in PRODUCT
        if any(
            name.startswith(("django.dispatch", "django.db.models.signals"))
            for name in calls_and_imports(path)
        )
    }
    assert not using


def test_no_overridden_save_and_no_custom_managers() -> None:
    wrong = []
    for path in PRODUCT:
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.ClassDef):
                wrong += [
                    f"{sources.name(path)}:{inner.lineno} {node.name}.{inner.name}"
                    for inner in node.body
                    if isinstance(inner, ast.FunctionDef) and inner.name in {"save", "delete"}
                ]
                wrong += [
                    f"{sources.name(path)}:{node.lineno} {node.name}"
                    for base in node.bases
                    if ast.unparse(base).endswith(("Manager", "BaseUserManager"))
                ]
    assert not wrong


def test_no_import_inside_a_function() -> None:
    inside = [
        f"{sources.name(path)}:{inner.lineno}"
        for path in PRODUCT
        for node in sources.functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not inside


def test_the_time_comes_from_the_clock() -> None:
    """Only common/clock.py asks the system; everything else asks the clock, or takes an argument."""
    asking = []
    for path in PRODUCT:
        if path.name == "clock.py" and path.parent.name == "common":
            continue
        asking += [
            f"{sources.name(path)}:{node.lineno} {ast.unparse(node.func)}"
            for node in ast.walk(sources.tree(path))
            if isinstance(node, ast.Call)
            and ast.unparse(node.func)
            in {
                "datetime.now",
                "date.today",
                "timezone.now",
                "datetime.datetime.now",
                "time.time",
                "datetime.utcnow",
            }
        ]
    assert not asking


def test_views_of_the_pages_write_nothing_themselves() -> None:
    """A view calls one verb; it does not save, create, update or delete."""
    writing = []
    for path in sources.python_files("portal"):
        if path.stem != "views" and path.parent.name != "views":
            continue
        writing += [
            f"{sources.name(path)}:{node.lineno} {ast.unparse(node.func)}"
            for node in ast.walk(sources.tree(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"save", "bulk_create", "get_or_create", "update_or_create", "delete"}
        ]
    assert not writing


def test_every_noqa_says_why() -> None:
    bare = [
        f"{sources.name(path)}:{number}"
        for path in [*PRODUCT, *sources.python_files("scripts")]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "# noqa" in line and " -- " not in line.split("# noqa", 1)[1]
    ]
    assert not bare
