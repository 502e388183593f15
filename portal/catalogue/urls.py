"""Addresses of the catalogue's pages, below /catalogue/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.catalogue.views import backtests, matters, trying

app_name = "catalogue"
urlpatterns: list[URLPattern | URLResolver] = [
    # the list, a matter, its editions
    path("", matters.matters, name="matters"),
    path("matters/<str:code>", matters.matter, name="matter"),
    path("matters/<str:code>/begin", matters.begin, name="begin"),
    # a draft: the check table and the other parts
    # a draft: trying and back-testing
    path("drafts/<uuid:draft_id>/try", trying.try_draft, name="try"),
    path("drafts/<uuid:draft_id>/examples/rename", trying.rename_example, name="example_rename"),
    path("drafts/<uuid:draft_id>/examples/remove", trying.remove_example, name="example_remove"),
    path("drafts/<uuid:draft_id>/backtests", backtests.backtests, name="backtests"),
    path("backtests/<uuid:test_id>", backtests.backtest, name="backtest"),
    path("backtests/<uuid:test_id>/cancel", backtests.cancel, name="backtest_cancel"),
    # a draft: handing in, the second person, publishing
]
