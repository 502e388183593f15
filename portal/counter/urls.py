"""Addresses of the windows' pages, below /counter/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.counter.views import beginning

app_name = "counter"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", beginning.desk, name="desk"),
    path("window", beginning.window, name="window"),
]
