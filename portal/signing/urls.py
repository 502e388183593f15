"""Addresses of signing in beyond a password."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.signing.views import passwords, platform, second_factor, sign_ins, staying

app_name = "signing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/code", second_factor.code, name="code"),
    path("staff/code/new", second_factor.new_code, name="new_code"),
    path("staff/code/spare", second_factor.spare_codes, name="spare_codes"),
    path("me/password", passwords.change, name="password"),
    path("me/sign-ins", sign_ins.own, name="sign_ins"),
    path("me/sign-ins/end", sign_ins.end_others, name="end_others"),
    path("me/sign-ins/<uuid:sign_in_id>/end", sign_ins.end_one, name="end_one"),
    path("stay", staying.stay, name="stay"),
    path("sign-in/platform", platform.begin, name="platform"),
    path("sign-in/platform/return", platform.come_back, name="platform_return"),
    path("sign-out/platform", platform.left, name="platform_left"),
]
