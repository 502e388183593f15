"""Finding certificates, and the page of one."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certificates.keeping import finding
from common import clock
from portal.store import access
from portal.store.access import office_page
from portal.store.forms import HolderForm
from portal.store.showing import holding


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find certificates by what stands on them; by their holder only with a reason."""
    keeper = access.keeper_of(request)
    text, found = request.GET.get("q", "").strip(), None
    form = HolderForm(request.POST or None)
    if form.is_valid():
        told = form.cleaned_data
        found = finding.by_holder(keeper.user, number=told["holder"], reason=told["reason"])
    elif text:
        found = finding.by_text(keeper.user, text=text)
        if len(found) == 1:
            return redirect("store:certificate", found[0].pk)
    on = clock.today()
    rows = None if found is None else [holding.shown(one, on=on) for one in found]
    waiting = finding.waiting(keeper.user)
    return render(
        request,
        "store/find.html",
        {"keeper": keeper, "form": form, "text": text, "rows": rows, "waiting": waiting},
    )


@office_page
@never_cache
@require_safe
def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Show a certificate's terms, state and history; what it says of its holder is not shown here."""
    keeper = access.keeper_of(request)
    found = finding.one(keeper.user, certificate_id=certificate_id)
    page = holding.certificate_page(keeper.user, found, on=clock.today())
    return render(request, "store/certificate.html", {"keeper": keeper, "page": page})
