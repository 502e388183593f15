"""Certificate types: the list, one type."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.store import access
from portal.store.access import office_page
from portal.store.showing import typing


@office_page
@never_cache
@require_safe
def types(request: HttpRequest) -> HttpResponse:
    """List the types of certificates, with how many are in use."""
    keeper = access.keeper_of(request)
    return render(request, "store/types.html", {"keeper": keeper, "rows": typing.type_rows()})
