"""What every template may ask for without its view handing it over."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.telling import following
from approvals import selectors
from common import clock
from portal.web import display, navigation
from portal.web.session import idling, posts
from portal.web.session.posts import Held
from portal.web.site import profile

# Where an error page leads back to, and in whose frame; below /office/ portal.web.errors says otherwise.
WAY_BACK: dict[str, Any] = {
    "home_url": "/",
    "home_words": "回首页",
    "at_desk": False,
    "page_frame": "base.html",
}


def site(request: HttpRequest) -> dict[str, Any]:
    """Return site identity, demo mark, display choices and navigation."""
    # asked by the office's frame alone
    held = cast("Held | None", SimpleLazyObject(lambda: posts.held(request)))
    return {
        **frame(display.of(request)),
        "site": profile.current(),
        "nav": navigation.header(request),
        "tabs": navigation.tab_bar(request),
        "posts": held,
        "office_nav": SimpleLazyObject(lambda: navigation.office(request, role=posts.role_of(held))),
        "own_places": navigation.own(request),
        "menu_places": navigation.rest_of_menu(request),
        "footer_links": navigation.footer(request),
        "sign_in_url": navigation.address("public:sign_in"),
        "sign_out_url": navigation.address("public:sign_out"),
        "accessibility_url": navigation.address("public:accessibility"),
        "here": request.get_full_path(),
        "staying": idling.staying(request),
        "unread": SimpleLazyObject(lambda: _unread(request)),
    }


def _unread(request: HttpRequest) -> int:
    """Return how many messages wait for the signed-in person; asked by the citizen's frame alone."""
    user = request.user
    if not isinstance(user, User) or not (count := following.unread(user)):
        return 0
    # Only who has something unread is asked whether some of it is of cases they may no longer see.
    closed = selectors.closed_to(user.person, on=clock.today())
    return following.unread(user, closed=closed) if closed else count


def frame(chosen: display.Display) -> dict[str, Any]:
    """Return what even a page without request, session or database can show."""
    return {
        "site": profile.kept(),
        "demo": settings.DEMO,
        "display": chosen,
        "display_url": navigation.address("web:display"),
        "today": clock.today(),
        **WAY_BACK,
    }
