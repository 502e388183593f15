"""Addresses of the supervision pages, below /supervision/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.supervision import free, misuse, views

app_name = "supervision"
urlpatterns: list[URLPattern | URLResolver] = [
    path("registers", views.registers, name="registers"),
    path("coverage", free.coverage, name="coverage"),
    path("coverage/matters/<str:code>", free.matter, name="coverage_matter"),
    path("coverage/types/<str:name>", free.gap, name="coverage_gap"),
    path("free-list", free.free_list, name="free_list"),
    path("sheets", views.sheets, name="sheets"),
    path("misuse", misuse.reports, name="misuse"),
    path("misuse/<uuid:report_id>", misuse.report, name="misuse_report"),
    path("registers/<str:name>", views.register, name="register"),
]
