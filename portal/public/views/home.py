"""Home: search first, what waits for the person, life stages, 秒批 with its figures."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters import selectors
from matters.models import Matter
from portal.public import visitor
from portal.public.showing import everyday, figures, tiles, todos
from portal.public.showing.figures import Figures

INSTANT_SHOWN = 6
LARGE_SHOWN = 3


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page; `?for=organisation` turns to what is for businesses."""
    who = visitor.of(request)
    matters = list(selectors.in_force())
    applicant = _applicant(request)
    published = figures.figures()
    instant = _most_used(matters, published)
    stages = tiles.tiles(matter for matter in matters if matter.applicant == applicant)
    known = {
        "who": who,
        "waiting": todos.waiting(who.principal) if who.principal else None,
        "words": everyday.words(),
        "applicant": applicant,
        "tiles": stages,
        "large": tiles.distinct(stages)[:LARGE_SHOWN],
        "few": tiles.FEW,
        "figures": published,
        "instant": [(matter, published.of(matter)) for matter in instant[:INSTANT_SHOWN]],
        "instant_total": len(instant),
    }
    return render(request, "public/home.html", known)


def _most_used(matters: Iterable[Matter], published: Figures) -> list[Matter]:
    """Return what is approved instantly, the most granted first: what people come for is never left out."""
    instant = [matter for matter in matters if matter.promises_instant]
    return sorted(instant, key=lambda matter: (-published.of(matter).direct, matter.name))


def _applicant(request: HttpRequest) -> str:
    chosen = request.GET.get("for", "")
    return chosen if chosen in Matter.Applicant.values else str(Matter.Applicant.PERSON)
