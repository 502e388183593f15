"""Addresses of the windows' pages, below /counter/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.counter.views import beginning, scanning

app_name = "counter"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", beginning.desk, name="desk"),
    path("window", beginning.window, name="window"),
    path("scan", scanning.scan, name="scan"),
    path("scans/<uuid:scan_id>", scanning.look, name="look"),
    path("scans/<uuid:scan_id>/state", scanning.state, name="state"),
    path("scans/<uuid:scan_id>/ask", scanning.ask, name="ask"),
    path("scans/<uuid:scan_id>/leave", scanning.leave, name="leave"),
]
