"""免证办 for supervisors and admins: coverage and what lacks, which read only, and publishing the list."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from common import clock
from common.errors import DomainError
from matters.covering import listing, publishing, reading
from matters.models import Matter
from matters.permissions import may_publish_list
from portal.supervision import access, covering
from portal.supervision.access import office_page

SUBJECT = "免证办情况"


class NotLookedAt(DomainError):
    """The list cannot be changed once it is published, so it is looked at first."""

    status = 422
    message = "请先看清单，看过以后勾选“清单我看过了”，再发布。"


@office_page
@never_cache
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Show every matter, what lacks, and in how many cases certificates were really used."""
    supervisor = access.supervisor_of(request, subject=SUBJECT)
    shown = {"supervisor": supervisor, "page": covering.overview(on=clock.today())}
    return render(request, "supervision/coverage.html", shown)


@office_page
@never_cache
@require_safe
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """Show one matter: each material, month by month the real use."""
    supervisor = access.supervisor_of(request, subject=SUBJECT)
    found = get_object_or_404(Matter.objects.select_related("department"), code=code)
    page = covering.matter_page(found, on=clock.today())
    if page is None:
        raise Http404
    shown = {"supervisor": supervisor, "page": page, "matter": found}
    return render(request, "supervision/coverage_matter.html", shown)


@office_page
@never_cache
@require_safe
def gap(request: HttpRequest, name: str) -> HttpResponse:
    """Show one type that lacks: where it is asked for, and what it would free."""
    supervisor = access.supervisor_of(request, subject=SUBJECT)
    page = covering.gap_page(name, on=clock.today())
    if page is None:
        raise Http404
    return render(request, "supervision/coverage_gap.html", {"supervisor": supervisor, "page": page})


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def free_list(request: HttpRequest) -> HttpResponse:
    """Show the list as it would be published now, what would change, and publish it once it was looked at."""
    supervisor = access.supervisor_of(request, subject="发布免证办清单")
    assert isinstance(request.user, User)  # who holds a post is one
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            _publish(request.user, request.POST)
            return redirect("supervision:free_list")
        except DomainError as error:
            refused = error
    preview = publishing.preview(on=clock.today())
    shown = {
        "supervisor": supervisor,
        "may": may_publish_list(request.user),
        "preview": preview,
        "rows": covering.list_rows(preview.content),
        "totals": listing.totals(preview.content),
        "lists": reading.lists(),
        "refused": refused,
    }
    return render(request, "supervision/free_list.html", shown, status=refused.status if refused else 200)


def _publish(user: User, given: QueryDict) -> None:
    if may_publish_list(user) and not given.get("seen"):
        raise NotLookedAt
    publishing.publish(user, digest=given.get("digest", ""))
