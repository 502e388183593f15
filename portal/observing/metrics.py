"""/metrics: the numbers as Prometheus reads them, for who has the token and from inside only."""

from __future__ import annotations

import os
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from portal.observing import gauges, measuring

STANDING = gauges.Standing()


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all numbers; without a METRICS_TOKEN there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    sent, wanted = request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    if not secrets.compare_digest(sent.encode(), wanted.encode()):
        raise PermissionDenied
    return HttpResponse(counted() + generate_latest(_standing()), content_type=CONTENT_TYPE_LATEST)


def counted() -> bytes:
    """Return what the web servers count: of all processes where they share a folder, else of this one."""
    if not os.environ.get(measuring.FOLDER):
        return generate_latest(measuring.HERE)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # it has no types
    return generate_latest(together)


def _standing() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(STANDING)
    return registry
