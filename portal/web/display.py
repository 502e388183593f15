"""How a visitor wants pages shown: elder mode and high contrast, kept in two cookies, changed by a plain form."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR = 365 * 24 * 3600
CHOICES = {"mode": ("normal", "elder"), "contrast": ("normal", "high")}


@dataclass(frozen=True, slots=True)
class Display:
    """The two choices; `normal` where none was made."""

    mode: str = "normal"
    contrast: str = "normal"

    @property
    def elder(self) -> bool:
        """Return whether elder mode (长者模式) is on."""
        return self.mode == "elder"

    @property
    def high_contrast(self) -> bool:
        """Return whether high contrast (高对比) is on."""
        return self.contrast == "high"


def cookie(name: str) -> str:
    """Return the cookie that keeps a choice."""
    return f"display_{name}"


def of(request: HttpRequest) -> Display:
    """Return what the cookies say; anything unknown counts as normal."""
    seen = {name: request.COOKIES.get(cookie(name), "") for name in CHOICES}
    return Display(**{name: value if value in CHOICES[name] else "normal" for name, value in seen.items()})


def back_to(request: HttpRequest) -> str:
    """Return the page the form stood on, if it is one of ours; else the root."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep one or both choices for a year and go back."""
    response = HttpResponseRedirect(back_to(request))
    for name, values in CHOICES.items():
        if (value := request.POST.get(name)) in values:
            response.set_cookie(
                cookie(name), value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
            )
    return response


def address() -> str:
    """Return where the form posts to."""
    return reverse("web:display")
