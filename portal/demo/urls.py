"""Addresses of the demo."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "demo"
urlpatterns: list[URLPattern | URLResolver] = []
