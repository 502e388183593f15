"""The web app: template tags and static parts; the one model says who runs the site."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from typing_extensions import override

from portal.web.site.checks import particulars


class WebConfig(AppConfig):
    """Registers the template library `web` and the check of the site's particulars."""

    name = "portal.web"
    label = "web"

    @override
    def ready(self) -> None:
        checks.register(particulars, checks.Tags.database)
