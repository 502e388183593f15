"""The catalogue: the list of matters with its plain search, and the guide of one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common import clock
from matters import selectors
from matters.models import Matter
from portal.public import visitor
from portal.public.showing import everyday, figures, guiding, listing, previewing


@login_not_required
@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """Show what the search and the filters leave, page by page."""
    wanted = listing.wanted(request.GET)
    found = listing.find(wanted)
    page = Paginator(found, listing.A_PAGE).get_page(request.GET.get("page"))
    rows = listing.rows(list(page), figures.figures())
    known = {
        "wanted": wanted,
        "page": page,
        "rows": rows,
        "measured": figures.MEASURED if any(row.figure.median is not None for row in rows) else "",
        "filters": listing.filters(wanted),
        "words": everyday.words(),
    }
    return render(request, "public/matters.html", known)


@login_not_required
@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """Show the guide of a matter, also of one that is suspended or cancelled, which then says so."""
    published = Matter.objects.filter(selectors.has_edition()).select_related("department", "current_edition")
    matter = get_object_or_404(published, code=code)
    who = visitor.of(request)
    page = guiding.guide_page(
        matter,
        visitor=who,
        chosen={name: str(value) for name, value in request.GET.items()},
        figure=figures.figures().of(matter),
        on=clock.today(),
    )
    known = {
        "matter": matter,
        "guide": page.compiled.package.guide,
        "package": page.compiled.package,
        "page": page,
        "who": who,
        "accepting": matter.status == Matter.Status.IN_FORCE,
        "can_preview": bool(previewing.asked(page.compiled)),
        "apply_url": guiding.apply_url(page),
        "address": request.build_absolute_uri(request.path),
    }
    return render(request, "public/guide.html", known)
