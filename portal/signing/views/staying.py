"""Staying signed in: how long it still lasts, and 继续办理 (WCAG 2.2.1)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.web.session import idling


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stay(request: HttpRequest) -> HttpResponse:
    """Return the seconds that are left; a POST lets them begin anew. 0 for somebody who is no longer signed in."""
    if request.method == "POST" and idling.left(request):
        idling.touch(request, at_once=True)
    return JsonResponse({"left": idling.left(request)})
