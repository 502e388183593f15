"""Addresses of the web app. The gallery is there in demo mode only."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from portal.web import display
from portal.web.showing import faults, gallery

app_name = "web"
urlpatterns = [path("display", display.choose, name="display")]
if settings.DEMO:
    urlpatterns += [
        path("components/", gallery.components, name="components"),
        path("components/errors/<str:name>", faults.fault, name="fault"),
    ]
