"""我的办件、我的: the citizen's own lists."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.acting.principals import choices
from approvals import selectors
from common import clock
from portal.citizen.showing import lists
from portal.web.principals import acting_for, person_of, principal_of

ON_A_PAGE = 20


@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """List drafts and cases of whom one acts for."""
    principal = principal_of(request)
    own = selectors.own_applications(principal).defer("answers")
    page = Paginator(own, ON_A_PAGE).get_page(request.GET.get("page"))
    known = {
        "principal": principal,
        "page": page,
        "rows": lists.application_rows(page),
        "drafts": list(lists.own_drafts(principal)),
    }
    return render(request, "citizen/applications.html", known)


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show one's own data and whom one may act for. Works also when a right to act has just ended."""
    person = person_of(request)
    others = choices(person, on=clock.today())
    chosen = next((each for each in others if each.whom == acting_for(request)), None)
    known = {"person": person, "others": others, "chosen": chosen, "here_url": reverse("citizen:me")}
    return render(request, "citizen/me.html", known)
