"""我的办件、消息、我的: the citizen's own lists."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.acting.principals import organisations_of
from accounts.models import Message
from accounts.telling import inbox as messages_of
from approvals import selectors
from common import clock
from portal.citizen.showing import lists
from portal.web.principals import acting_for, person_of

ON_A_PAGE = 20


@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """List drafts and cases, those for organisations too."""
    person = person_of(request)
    page = Paginator(selectors.own_applications(person).defer("answers"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    known = {"page": page, "rows": lists.application_rows(page), "drafts": list(lists.own_drafts(person))}
    return render(request, "citizen/applications.html", known)


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """List messages, the newest first."""
    own = Message.objects.filter(person=person_of(request)).order_by("-created_at", "pk")
    page = Paginator(own, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "citizen/inbox.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show a message; posting (the list does) remembers that it was read, so that opening a link changes nothing."""
    person = person_of(request)
    found = get_object_or_404(Message, pk=message_id, person=person)
    if request.method == "POST":
        messages_of.mark_read(person, message_id=found.pk)
        return redirect("citizen:message", found.pk)
    return render(request, "citizen/message.html", {"message": found})


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show one's own data and whom one may act for. Works also when a right to act has just ended."""
    person = person_of(request)
    organisations = organisations_of(person, on=clock.today())
    chosen = next((each for each in organisations if str(each.pk) == acting_for(request)), None)
    known = {
        "person": person,
        "organisations": organisations,
        "chosen": chosen,
        "here_url": reverse("citizen:me"),
    }
    return render(request, "citizen/me.html", known)
