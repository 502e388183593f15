"""Addresses of the supervision pages, below /supervision/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.supervision import views

app_name = "supervision"
urlpatterns: list[URLPattern | URLResolver] = [
    path("registers", views.registers, name="registers"),
    path("sheets", views.sheets, name="sheets"),
    path("registers/<str:name>", views.register, name="register"),
]
