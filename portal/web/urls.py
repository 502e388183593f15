"""Addresses of the web app. The gallery is there in demo mode only."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from portal.web import display
from portal.web.components import gallery

app_name = "web"
urlpatterns = [path("display", display.choose, name="display")]
if settings.DEMO:
    urlpatterns.append(path("components/", gallery.components, name="components"))
