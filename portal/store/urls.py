"""Addresses of the store's pages, below /store/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.store.views import lookups, types

app_name = "store"
urlpatterns: list[URLPattern | URLResolver] = [
    # types
    path("types", types.types, name="types"),
    # looking
    path("lookups", lookups.look_up, name="look_up"),
]
