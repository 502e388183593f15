"""Lists of a draft: the check table, the outcome table, questions, materials; add, move, take away, open one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from matters.states import DraftState
from portal.catalogue import access
from portal.catalogue.access import office_page
from portal.catalogue.builder.editing import Place
from portal.catalogue.showing import listing
from portal.catalogue.views.parts import common, page_of, saved


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checks(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show the check table: order, name, condition in words, what it uses, what failing does, faults."""
    return _table(request, draft_id, "checks")


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show the outcome table: columns, and each row's condition in words with its values."""
    return _table(request, draft_id, "outcome")


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, draft_id: UUID, table: str) -> HttpResponse:
    """Show another list of a draft."""
    if table not in listing.TABLES or table in {"checks", "outcome"}:
        raise Http404
    return _table(request, draft_id, table)


def _table(request: HttpRequest, draft_id: UUID, kind: str) -> HttpResponse:
    admin = access.admin_of(request)
    draft = access.draft_of(admin, draft_id=draft_id)
    page = page_of(draft, Place((listing.TABLES[kind].path,)))
    known: dict[str, Any] = {"table": listing.table(kind, page), "tables": listing.TABLES[kind]}
    if request.method == "POST":
        lost = listing.lost(known["table"], act=request.POST.get("act", ""))
        if lost and request.POST.get("sure") != "yes" and draft.state == DraftState.WRITING:
            asked = {"lost": lost, "act": request.POST["act"], "revision": request.POST.get("revision", "")}
            return render(
                request, "catalogue/remove.html", common(request, admin, draft, page) | known | asked
            )
        return saved(request, admin, draft, place=Place(()), onward=request.path, opens=True)
    return render(request, "catalogue/table.html", common(request, admin, draft, page) | known)
