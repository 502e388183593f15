"""我能不能办: a few questions about a matter, answered without signing in and kept nowhere."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from common import clock
from matters import editions, selectors
from portal.public.showing.previewing import PreviewForm


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """Ask, and say what the answers come to. They come by POST, so that no address and no log holds them."""
    offered = selectors.in_force().filter(code=code)
    matter = get_object_or_404(offered)
    edition = matter.edition_on(clock.today())
    if edition is None:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = PreviewForm(editions.compiled(edition), on=clock.today(), data=posted)
    if not form.questions:
        raise Http404
    known = {"matter": matter, "form": form}
    if posted is None or not form.is_valid():
        return render(request, "public/preview.html", known, status=200 if posted is None else 422)
    return render(request, "public/preview.html", known | {"answer": form.answer()})
