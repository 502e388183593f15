"""Certificate types: the list, one type."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.states import TypeKind
from portal.store import access
from portal.store.access import office_page
from portal.store.showing import typing

LONGEST = 40


@office_page
@never_cache
@require_safe
def types(request: HttpRequest) -> HttpResponse:
    """List the types of certificates, with how many are valid."""
    keeper = access.keeper_of(request)
    words, kind = request.GET.get("q", "").strip()[:LONGEST], request.GET.get("kind", "")
    found = Paginator(typing.found(words=words, kind=kind, first=keeper.department), typing.A_PAGE)
    page = found.get_page(request.GET.get("page"))
    told = {
        "keeper": keeper,
        "page": page,
        "rows": typing.type_rows(list(page.object_list), department=keeper.department),
        "words": words,
        "kind": kind,
        "kinds": TypeKind.choices,
    }
    return render(request, "store/types.html", told)


@office_page
@never_cache
@require_safe
def one_type(request: HttpRequest, code: str) -> HttpResponse:
    """Show one type: its rules, its fields, its schema."""
    keeper = access.keeper_of(request)
    page = typing.type_page(code, department=keeper.department)
    if page is None:
        raise Http404
    return render(request, "store/type.html", {"keeper": keeper, "page": page})
