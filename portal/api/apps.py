"""The API as an app: it keeps tokens and answered requests."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Label `api`."""

    name = "portal.api"
    label = "api"
