"""An application is called application in addresses, modules, templates and names of the pages: never a case."""

from __future__ import annotations

import ast
import re

from django.urls import URLPattern, URLResolver, get_resolver

from tests.project import sources

CASE = re.compile(r"(?<![a-z])case(s|file)?(?![a-z])", re.IGNORECASE)


def addresses(resolver: URLResolver, before: str = "") -> list[str]:
    found = []
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found.append(f"{route} {entry.name}")
        else:
            found += addresses(entry, route)
    return found


def test_no_address_says_case() -> None:
    every = addresses(get_resolver())
    assert any("office/applications/" in one for one in every)
    assert not [one for one in every if CASE.search(one)]


def test_no_module_and_no_template_is_called_case() -> None:
    files = [*sources.python_files(*sources.PACKAGES), *sources.templates()]
    names = [str(path.relative_to(sources.ROOT)) for path in files if "migrations" not in path.parts]
    assert not [name for name in names if CASE.search(name.replace("_", "/"))]


def test_nothing_the_pages_define_is_called_case() -> None:
    kinds = (ast.ClassDef, ast.FunctionDef)
    named = [
        f"{path.name}: {node.name}"
        for path in sources.python_files("portal")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, kinds) and CASE.search(re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", node.name))
    ]
    assert not named
