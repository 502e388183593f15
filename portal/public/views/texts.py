"""Pages of words: how personal information is handled, accessibility, the site's map."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters import selectors
from portal.public.showing import tiles


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """个人信息处理规则 (PIPL art. 17)."""
    return render(request, "public/privacy.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """无障碍说明 (无障碍环境建设法 art. 32)."""
    return render(request, "public/accessibility.html")


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """网站地图: every page one can walk to, and every matter in force."""
    matters = selectors.in_force()
    return render(request, "public/sitemap.html", {"tiles": tiles.tiles(matters)})
