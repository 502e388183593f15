"""What every template may ask for without its view handing it over."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from common import clock
from portal.web import display, navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """Return site identity, demo mark, display choices and navigation."""
    return {
        **frame(display.of(request)),
        "nav": navigation.header(request),
        "tabs": navigation.tab_bar(request),
        "office_nav": navigation.office(request),
        "own_places": navigation.own(request),
        "footer_links": navigation.footer(request),
        "sign_in_url": navigation.address("public:sign_in"),
        "sign_out_url": navigation.address("public:sign_out"),
        "accessibility_url": navigation.address("public:accessibility"),
        "here": request.get_full_path(),
    }


def frame(chosen: display.Display) -> dict[str, Any]:
    """Return what even a page without request, session or database can show."""
    return {"site": settings.SITE, "demo": settings.DEMO, "display": chosen, "today": clock.today()}
