"""Addresses of the demo."""

from __future__ import annotations

from django.urls import path

from portal.demo import views

app_name = "demo"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("clock", views.the_clock, name="clock"),
    path("clock/back", views.back, name="back"),
    path("sms", views.outgoing, name="outgoing"),
]
