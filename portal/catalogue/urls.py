"""Addresses of the catalogue's pages, below /catalogue/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.catalogue.views import backtests, history, matters, parts, reviewing, stopping, tables, trying

app_name = "catalogue"
urlpatterns: list[URLPattern | URLResolver] = [
    # the list, a matter, its editions
    path("", matters.matters, name="matters"),
    path("matters/<str:code>", matters.matter, name="matter"),
    path("matters/<str:code>/begin", matters.begin, name="begin"),
    path("matters/<str:code>/like", matters.like, name="like"),
    path("matters/<str:code>/compare", history.compare, name="compare"),
    path("matters/<str:code>/call-off", history.call_off, name="call_off"),
    path("matters/<str:code>/stop", stopping.stop, name="stop"),
    path("matters/<str:code>/release", stopping.release, name="release"),
    # a draft: the check table and the other parts
    path("drafts/<uuid:draft_id>/checks", tables.checks, name="checks"),
    path("drafts/<uuid:draft_id>/outcome", tables.outcome, name="outcome"),
    path("drafts/<uuid:draft_id>/tables/<str:table>", tables.table, name="table"),
    path("drafts/<uuid:draft_id>/parts", parts.parts, name="parts"),
    path("drafts/<uuid:draft_id>/parts/<str:address>", parts.part, name="part"),
    # a draft: trying and back-testing
    path("drafts/<uuid:draft_id>/try", trying.try_draft, name="try"),
    path("drafts/<uuid:draft_id>/examples/rename", trying.rename_example, name="example_rename"),
    path("drafts/<uuid:draft_id>/examples/remove", trying.remove_example, name="example_remove"),
    path("drafts/<uuid:draft_id>/backtests", backtests.backtests, name="backtests"),
    path("backtests/<uuid:test_id>", backtests.backtest, name="backtest"),
    path("backtests/<uuid:test_id>/cancel", backtests.cancel, name="backtest_cancel"),
    # a draft: handing in, the second person, publishing
    path("drafts/<uuid:draft_id>/compare", history.compare_draft, name="compare_draft"),
    path("drafts/<uuid:draft_id>/review", reviewing.review, name="review"),
    path("drafts/<uuid:draft_id>/hand-in", reviewing.hand_in, name="hand_in"),
    path("drafts/<uuid:draft_id>/send-back", reviewing.send_back, name="send_back"),
    path("drafts/<uuid:draft_id>/drop", reviewing.drop, name="drop"),
]
