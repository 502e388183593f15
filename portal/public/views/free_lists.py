"""免证办清单: the list in force, older ones, and both as files."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters.covering import listing, reading, tables
from matters.models import FreeList
from portal.public.showing import free_lists as showing

LARGEST = 2_147_483_647
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_not_required
@require_safe
def free_list(request: HttpRequest) -> HttpResponse:
    """Show the list in force; before the first was published, say so and lead to the matters."""
    published = reading.latest()
    if published is None:
        return render(request, "public/free_list_none.html")
    return _shown(request, published)


@login_not_required
@require_safe
def numbered(request: HttpRequest, number: int) -> HttpResponse:
    """Show one list, also an older one, which then says so."""
    return _shown(request, _found(number))


@login_not_required
@require_safe
def xlsx(request: HttpRequest, number: int) -> HttpResponse:
    """Hand out a list as a workbook."""
    published = _found(number)
    return _file(tables.xlsx_of(published), kind=XLSX, name=f"free-list-{number}.xlsx")


@login_not_required
@require_safe
def csv(request: HttpRequest, number: int) -> HttpResponse:
    """Hand out a list as CSV."""
    published = _found(number)
    return _file(tables.csv_of(published), kind="text/csv; charset=utf-8", name=f"free-list-{number}.csv")


def _shown(request: HttpRequest, published: FreeList) -> HttpResponse:
    asked = showing.narrowed(request.GET)
    lists = reading.lists()
    known = {
        "published": published,
        "totals": listing.totals(published.content),
        "page": Paginator(showing.entries(published, asked), showing.A_PAGE).get_page(
            request.GET.get("page")
        ),
        "filters": list(showing.filters(published, asked)),
        "changed": showing.changed(published),
        "lists": lists,
        "newest": lists[0],
    }
    return render(request, "public/free_list.html", known)


def _found(number: int) -> FreeList:
    published = reading.numbered(number) if number <= LARGEST else None
    if published is None:
        raise Http404
    return published


def _file(content: bytes, *, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
