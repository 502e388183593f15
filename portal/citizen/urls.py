"""Addresses of the citizen pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "citizen"
urlpatterns: list[URLPattern | URLResolver] = []
