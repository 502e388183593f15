"""事项管理: the matters of the admin's departments, and what each has: an edition in force, a draft, older editions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.errors import DomainError
from matters import editions, selectors
from matters.models import EditionDraft, InstantStop, Matter
from matters.states import OPEN_DRAFT
from matters.writing import drafts
from matters.writing.errors import NameTaken
from portal.catalogue import access, tabs
from portal.catalogue.access import office_page
from portal.catalogue.forms import LikeForm


@office_page
@never_cache
@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """List the matters the admin keeps, each with the edition in force and the draft that is being written."""
    admin = access.reader_of(request)
    rows = Matter.objects.select_related("department", "current_edition", "next_edition").order_by(
        "name", "code"
    )
    rows = rows.defer(*(f"{one}_{part}" for one in ("current", "next") for part in editions.UNREAD))
    open_drafts = EditionDraft.objects.filter(state__in=OPEN_DRAFT).defer("content").order_by("name")
    if admin.post.department is not None:
        rows = rows.filter(department=admin.post.department)
        open_drafts = open_drafts.filter(department=admin.post.department)
    waiting = {draft.matter_code: draft for draft in open_drafts}
    today = clock.today()
    listed = [(row, row.edition_on(today), waiting.pop(row.code, None)) for row in rows]
    known: dict[str, Any] = {"admin": admin, "rows": listed, "new": list(waiting.values()), "today": today}
    return render(request, "catalogue/matters.html", known)


@office_page
@never_cache
@require_safe
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """Show one matter: what is in force, what waits for its day, what is being written, every edition there was."""
    admin = access.reader_of(request)
    found = access.matter_of(admin, code=code)
    today = clock.today()
    stops = InstantStop.objects.filter(matter=found, released_at__isnull=False)
    known = {
        "admin": admin,
        "matter": found,
        "draft": drafts.open_draft(found.code),
        "history": selectors.history(found, on=today),
        "now": found.edition_on(today),
        "waits": found.next_from is not None and found.next_from > today,
        "stops": stops.select_related("stopped_by", "released_by").order_by("-stopped_at")[:5],
    }
    return render(request, "catalogue/matter.html", known)


@office_page
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Open the draft of a matter: what is being written, else begun from the edition in force, or an older one."""
    admin = access.admin_of(request)
    found = access.matter_of(admin, code=code)
    older = access.edition_of(found, number=request.POST.get("edition", ""))
    edition = older or found.edition_on(clock.today())
    if edition is None:
        return redirect("catalogue:matter", code=code)
    return redirect(tabs.first_of(drafts.begin(admin.user, matter=found, edition=edition)))


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def like(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a new matter like this one, with its own code and name."""
    admin = access.admin_of(request)
    found = access.matter_of(admin, code=code)
    form = LikeForm(request.POST or None, body=found.department.credit_code)
    if form.is_valid():
        try:
            told = form.cleaned_data
            draft = drafts.begin_like(admin.user, matter=found, code=told["code"], name=told["name"])
            return redirect(tabs.first_of(draft))
        except DomainError as error:
            form.add_error("name" if isinstance(error, NameTaken) else "code", error.message)
    known = {"admin": admin, "matter": found, "form": form}
    return render(request, "catalogue/like.html", known, status=422 if form.is_bound else 200)
