"""Every address of the portal, one line an area."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from portal import health
from portal.observing import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("portal.web.urls")),
    path("", include("portal.public.urls")),
    path("", include("portal.signing.urls")),
    path("", include("portal.citizen.urls")),
    path("api/v1/", include("portal.api.urls")),
    path("office/", include("portal.bureau.urls")),
    path("catalogue/", include("portal.catalogue.urls")),
    path("counter/", include("portal.counter.urls")),
    path("store/", include("portal.store.urls")),
    path("supervision/", include("portal.supervision.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("portal.demo.urls")))

handler400 = "portal.web.errors.bad_request"
handler403 = "portal.web.errors.forbidden"
handler404 = "portal.web.errors.not_found"
handler500 = "portal.web.errors.server_error"
