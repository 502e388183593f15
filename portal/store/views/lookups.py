"""依职能查验 and looks by consent: asked for on one page, shown once on it, each recorded before it is shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certificates.errors import ReasonRequired
from common import clock
from portal.store import access
from portal.store.access import office_page
from portal.store.showing import lookups
from portal.store.showing.lookups import LookForm
from portal.web import unsaved


@unsaved.given_back()
@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask whose certificate is looked at and why, and show what came of it."""
    looker = access.looker_of(request)
    kept = None if request.method == "POST" else unsaved.take(request)
    told = {"initial": kept.dict()} if kept is not None else {}
    form = LookForm(request.POST if request.method == "POST" else None, looker=looker, **told)
    known = {"keeper": looker, "form": form, "shown": None}
    if form.is_valid() and form.holder is not None:
        try:
            looked = lookups.look(looker, form, at=clock.now())
        except ReasonRequired as error:
            form.add_error("reason", error.message)
        else:
            return render(
                request, "store/look_up.html", known | {"shown": lookups.shown(looked, form.holder)}
            )
    return render(request, "store/look_up.html", known, status=422 if form.is_bound else 200)
