"""Addresses of the store's pages, below /store/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.store.views import lookups, stocking, types

app_name = "store"
urlpatterns: list[URLPattern | URLResolver] = [
    # types
    path("types", types.types, name="types"),
    # whole stores
    path("imports", stocking.imports, name="imports"),
    path("imports/<uuid:batch_id>", stocking.one_import, name="import"),
    path("imports/<uuid:batch_id>/go-on", stocking.go_on, name="import_go_on"),
    path("imports/<uuid:batch_id>/refused.csv", stocking.refused, name="import_refused"),
    path("comparisons/<uuid:comparison_id>", stocking.comparison, name="comparison"),
    path("comparisons/<uuid:comparison_id>.json", stocking.comparison_json, name="comparison_json"),
    path("comparisons/<uuid:comparison_id>.csv", stocking.comparison_csv, name="comparison_csv"),
    # looking
    path("lookups", lookups.look_up, name="look_up"),
]
