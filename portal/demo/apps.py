"""The demo: lives to sign in as and a clock to shift. Present only with DEMO=1."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Installed only in demo mode."""

    name = "portal.demo"
    label = "demo"
