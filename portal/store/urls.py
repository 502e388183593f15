"""Addresses of the store's pages, below /store/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.store.views import certificates, issuing, lookups, moving, seals, stocking, types

app_name = "store"
urlpatterns: list[URLPattern | URLResolver] = [
    # types
    path("types", types.types, name="types"),
    # whole stores
    path("imports", stocking.imports, name="imports"),
    path("imports/<uuid:batch_id>", stocking.one_import, name="import"),
    path("imports/<uuid:batch_id>/go-on", stocking.go_on, name="import_go_on"),
    path("imports/<uuid:batch_id>/release", stocking.release, name="import_release"),
    path("imports/<uuid:batch_id>/drop", stocking.drop, name="import_drop"),
    path("imports/<uuid:batch_id>/refused.csv", stocking.refused, name="import_refused"),
    path("comparisons/<uuid:comparison_id>", stocking.comparison, name="comparison"),
    path("comparisons/<uuid:comparison_id>/drop", stocking.drop_comparison, name="comparison_drop"),
    path("comparisons/<uuid:comparison_id>.json", stocking.comparison_json, name="comparison_json"),
    path("comparisons/<uuid:comparison_id>.csv", stocking.comparison_csv, name="comparison_csv"),
    path("types/<str:code>", types.one_type, name="type"),
    path("types/<str:code>/issue", issuing.issue, name="issue"),
    # looking
    path("lookups", lookups.look_up, name="look_up"),
    # certificates
    path("certificates", certificates.find, name="find"),
    path("certificates/<uuid:certificate_id>", certificates.certificate, name="certificate"),
    path("certificates/<uuid:certificate_id>/suspend", moving.suspend, name="suspend"),
    path("certificates/<uuid:certificate_id>/resume", moving.resume, name="resume"),
    path("certificates/<uuid:certificate_id>/end", moving.end, name="end"),
    path("certificates/<uuid:certificate_id>/change", issuing.change, name="change"),
    path("endings/<uuid:ending_id>/confirm", moving.confirm, name="confirm"),
    path("endings/<uuid:ending_id>/drop", moving.drop, name="drop"),
    # seals
    path("seals", seals.listed, name="seals"),
    path("seals/new", seals.new, name="seal_new"),
    path("seals/requests/<uuid:asked_id>", seals.asked_for, name="seal_request"),
    path("seals/requests/<uuid:asked_id>/drop", seals.drop, name="seal_request_drop"),
    path("seals/<uuid:seal_id>", seals.one, name="seal"),
    path("seals/<uuid:seal_id>/suspend", seals.change, {"act": "suspend"}, name="seal_suspend"),
    path("seals/<uuid:seal_id>/resume", seals.change, {"act": "resume"}, name="seal_resume"),
    path("seals/<uuid:seal_id>/destroy", seals.change, {"act": "destroy"}, name="seal_destroy"),
]
