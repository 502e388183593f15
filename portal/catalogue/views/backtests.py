"""历史回测: asking for a back-test of a draft, watching it, calling it off, reading what came out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.models import BackTest
from approvals.trying import asking
from common.errors import DomainError
from matters.models import EditionDraft
from matters.writing import examining
from portal.catalogue import access, tabs
from portal.catalogue.access import Admin, office_page
from portal.catalogue.showing import backtested

HERE = "catalogue:backtests"
SHOWN = 20


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def backtests(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show what was tested so far and the form that begins one; or begin one."""
    admin = access.admin_of(request)
    draft = access.draft_of(admin, draft_id=draft_id)
    known = _of_draft(admin, draft) | {"usual": request.POST.get("wanted", asking.USUAL)}
    if request.method == "POST":
        try:
            test = asking.ask(admin.user, draft_id=draft_id, wanted=_number(request.POST.get("wanted", "")))
        except DomainError as error:
            return render(request, "catalogue/backtests.html", known | {"error": error}, status=error.status)
        return redirect("catalogue:backtest", test_id=test.pk)
    return render(request, "catalogue/backtests.html", known)


@office_page
@never_cache
@require_safe
def backtest(request: HttpRequest, test_id: UUID) -> HttpResponse:
    """Show how far a back-test has come, or its result."""
    admin = access.admin_of(request)
    test = asking.find(admin.user, test_id=test_id)
    found = backtested.shown(test, chosen=request.GET.get("change", ""))
    page = Paginator(found.get("flips", []), backtested.A_PAGE).get_page(request.GET.get("page"))
    known = {"test": test, "page": page, "runs": backtested.under_way(test)}
    return render(request, "catalogue/backtest.html", _of_draft(admin, test.draft) | known | found)


@office_page
@require_POST
def cancel(request: HttpRequest, test_id: UUID) -> HttpResponse:
    """Call a back-test off."""
    admin = access.admin_of(request)
    test = asking.cancel(admin.user, test_id=test_id)
    return redirect("catalogue:backtest", test_id=test.pk)


def _of_draft(admin: Admin, draft: EditionDraft) -> dict[str, Any]:
    rows = BackTest.objects.filter(draft=draft).select_related("asked_by").order_by("-asked_at", "-pk")
    return {
        "admin": admin,
        "draft": draft,
        "tabs_of_draft": tabs.tabs(draft, problems=examining.examine(draft.content).problems, here=HERE),
        "edition": asking.in_force(draft),
        "most": asking.MOST,
        "tests": rows.defer("tally")[:SHOWN],
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(asking.MOST)) else 0
