"""Addresses of the windows' pages, below /counter/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.counter.views import beginning, files, scanning, taking

app_name = "counter"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", beginning.desk, name="desk"),
    path("window", beginning.window, name="window"),
    path("scan", scanning.scan, name="scan"),
    path("scans/<uuid:scan_id>", scanning.look, name="look"),
    path("scans/<uuid:scan_id>/state", scanning.state, name="state"),
    path("scans/<uuid:scan_id>/ask", scanning.ask, name="ask"),
    path("scans/<uuid:scan_id>/leave", scanning.leave, name="leave"),
    path("scans/<uuid:scan_id>/take", taking.take, name="take"),
    path("scans/<uuid:scan_id>/form", taking.form, name="form"),
    path("scans/<uuid:scan_id>/save", taking.save, name="save"),
    path("scans/<uuid:scan_id>/files/<str:name>", files.upload, name="upload"),
    path("files/<uuid:file_id>", files.original, name="file"),
    path("files/<uuid:file_id>/small", files.small, name="file_small"),
    path("files/<uuid:file_id>/pages/<int:number>", files.page, name="file_page"),
    path("applications/<str:reference>", taking.result, name="taken"),
]
