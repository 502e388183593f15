"""Opening a page to people who are not signed in shows in this list, and so in a review."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = {
    "",
    "accessibility",
    "c/<str:token>",
    "c/<str:token>/code.svg",
    "check",
    "check/file",
    "components/",
    "components/errors/<str:name>",
    "display",
    "free-list",
    "free-list/<int:number>",
    "free-list/<int:number>.csv",
    "free-list/<int:number>.xlsx",
    "healthz/live",
    "healthz/ready",
    "matters",
    "matters/<str:code>/",
    "matters/<str:code>/preview",
    "metrics",
    "privacy",
    "sign-in",
    "sign-in/platform",
    "sign-in/platform/return",
    "sign-out",
    "sign-out/platform",
    "sitemap",
    "staff/code",
    "staff/code/new",
    "staff/sign-in",
    "stay",
}


def views(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, object]]:
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from views(entry, address)
        elif isinstance(entry, URLPattern):
            yield address, entry.callback


def test_public_views_are_listed() -> None:
    public = {address for address, view in views(get_resolver()) if not getattr(view, "login_required", True)}
    # Below api/ a token is asked for by each operation: tests/portal/api/test_operations.py.
    assert {address for address in public if not address.startswith(("demo/", "api/"))} == PUBLIC
