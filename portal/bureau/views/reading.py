"""待办, 已办 and the page of one case."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import actors
from approvals import reviewing
from approvals.handing import letters
from common import clock
from portal.bureau import access, opening, queueing
from portal.bureau.access import Officer, office_page
from portal.bureau.queueing import Elsewhere
from portal.web import serving
from portal.web.session.posts import held


def frame(officer: Officer) -> dict[str, Any]:
    """Return what the bar of every office page shows."""
    return {"officer": officer, "figures": queueing.figures(officer, on=clock.today())}


@office_page
@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits, the most urgent first; who acts in another post is led to its desk."""
    if desk := access.desk_of(request):
        return redirect(desk)
    officer = access.officer_of(request)
    chosen = request.GET.get("matter", "")
    found = Paginator(queueing.waiting(officer.user, matter=chosen), queueing.PAGE).get_page(
        request.GET.get("page")
    )
    shown = queueing.rows(list(found), on=clock.today())
    known: dict[str, Any] = {"page": found, "rows": shown, "chosen": chosen}
    known["next"] = shown[0] if shown else None
    known["elsewhere"] = [] if shown or chosen else _elsewhere(request, officer)
    return render(request, "bureau/queue.html", frame(officer) | known)


def _elsewhere(request: HttpRequest, officer: Officer) -> list[Elsewhere]:
    posts = held(request)
    return queueing.elsewhere(officer, others=posts.others) if posts is not None else []


@office_page
@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Show what the officer decided."""
    officer = access.officer_of(request)
    found = Paginator(queueing.decided_by(officer.user), queueing.PAGE).get_page(request.GET.get("page"))
    return render(request, "bureau/done.html", frame(officer) | {"page": found})


@office_page
@never_cache
@require_safe
def supplementing(request: HttpRequest) -> HttpResponse:
    """Show the cases that wait for their applicants."""
    officer = access.officer_of(request)
    found = Paginator(queueing.supplementing(officer), queueing.PAGE).get_page(request.GET.get("page"))
    known = {"page": found, "rows": queueing.supplementing_rows(list(found))}
    return render(request, "bureau/supplementing.html", frame(officer) | known)


@office_page
@never_cache
@require_safe
def application(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one case with everything a decision needs; a look at what another decided is noted."""
    officer = access.officer_of(request)
    found = access.application_of(officer, reference=reference)
    reviewing.look_at_closed(officer.user, application=found)
    return render(
        request, "bureau/application.html", frame(officer) | {"shown": opening.opened(officer.user, found)}
    )


@office_page
@never_cache
@require_safe
def decision_paper(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the decision on a case of the department; a look at what another decided is noted."""
    officer = access.officer_of(request)
    found = access.application_of(officer, reference=reference)
    reviewing.look_at_closed(officer.user, application=found)
    letter = letters.decision(found, actor=actors.of_user(officer.user), at=clock.now())
    return serving.paper(letter.content, name=letter.name)
