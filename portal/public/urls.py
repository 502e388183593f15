"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from portal.public.views import catalogue, checking, free_lists, home, previewing, signing, texts

app_name = "public"
urlpatterns = [
    path("", home.home, name="home"),
    path("matters", catalogue.matters, name="matters"),
    path("matters/<str:code>/", catalogue.guide, name="guide"),
    path("matters/<str:code>/preview", previewing.preview, name="preview"),
    path("sign-in", signing.sign_in, name="sign_in"),
    path("staff/sign-in", signing.staff_sign_in, name="staff_sign_in"),
    path("sign-out", signing.sign_out, name="sign_out"),
    path("act-for", signing.act_for, name="act_for"),
    path("check", checking.check, name="check"),
    path("check/file", checking.check_file, name="check_file"),
    path("c/<str:token>", checking.check_token, name="check_token"),
    path("c/<str:token>/code.svg", checking.code, name="code"),
    path("free-list", free_lists.free_list, name="free_list"),
    path("free-list/<int:number>", free_lists.numbered, name="free_list_numbered"),
    path("free-list/<int:number>.xlsx", free_lists.xlsx, name="free_list_xlsx"),
    path("free-list/<int:number>.csv", free_lists.csv, name="free_list_csv"),
    path("privacy", texts.privacy, name="privacy"),
    path("accessibility", texts.accessibility, name="accessibility"),
    path("sitemap", texts.sitemap, name="sitemap"),
]
