"""我的办件、消息、我的: the citizen's own lists."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.acting.principals import choices
from accounts.models import Message, Person
from accounts.telling import inbox as messages_of
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
def inbox(request: HttpRequest) -> HttpResponse:
    """List messages, the newest first."""
    page = Paginator(_messages(person_of(request)).order_by("-created_at", "pk"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "citizen/inbox.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show a message; posting (the list does) remembers that it was read, so that opening a link changes nothing."""
    person = person_of(request)
    found = get_object_or_404(_messages(person), pk=message_id)
    if request.method == "POST":
        messages_of.mark_read(person, message_id=found.pk)
        return redirect("citizen:message", found.pk)
    return render(request, "citizen/message.html", {"message": found})


def _messages(person: Person) -> QuerySet[Message]:
    """Return what a person was told; of cases they acted in for others only while they may see these."""
    closed = selectors.closed_to(person, on=clock.today())
    return Message.objects.filter(person=person).exclude(case_reference__in=closed)


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show one's own data and whom one may act for. Works also when a right to act has just ended."""
    person = person_of(request)
    others = choices(person, on=clock.today())
    chosen = next((each for each in others if each.whom == acting_for(request)), None)
    known = {"person": person, "others": others, "chosen": chosen, "here_url": reverse("citizen:me")}
    return render(request, "citizen/me.html", known)
