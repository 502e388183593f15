"""事项管理: the matters of the admin's departments, and what each has: an edition in force, a draft, older editions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from matters.models import Edition, EditionDraft, Matter
from matters.states import OPEN_DRAFT
from matters.writing import drafts
from portal.catalogue import access
from portal.catalogue.access import Admin, office_page


@office_page
@never_cache
@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """List the matters the admin keeps, each with the edition in force and the draft that is being written."""
    admin = access.admin_of(request)
    rows = Matter.objects.select_related("department", "current_edition").order_by("name", "code")
    open_drafts = EditionDraft.objects.filter(state__in=OPEN_DRAFT).order_by("name")
    if admin.post.department is not None:
        rows = rows.filter(department=admin.post.department)
        open_drafts = open_drafts.filter(department=admin.post.department)
    waiting = {draft.matter_code: draft for draft in open_drafts}
    known: dict[str, Any] = {"admin": admin, "rows": [(row, waiting.pop(row.code, None)) for row in rows]}
    return render(request, "catalogue/matters.html", known | {"new": list(waiting.values())})


@office_page
@never_cache
@require_safe
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """Show one matter: what is in force, what is being written, and every edition there was."""
    admin = access.admin_of(request)
    found = access.matter_of(admin, code=code)
    editions = Edition.objects.filter(matter=found).defer("content", "vocabulary").order_by("-number")
    return render(request, "catalogue/matter.html", _shown(admin, found) | {"editions": editions})


@office_page
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Open the draft of a matter, begun from the edition in force where there is none yet."""
    admin = access.admin_of(request)
    found = access.matter_of(admin, code=code)
    if found.current_edition is None:
        return redirect("catalogue:matter", code=code)
    drafts.begin(admin.user, matter=found, edition=found.current_edition)
    return redirect("catalogue:matter", code=code)


def _shown(admin: Admin, found: Matter) -> dict[str, Any]:
    return {"admin": admin, "matter": found, "draft": drafts.open_draft(found.code)}
