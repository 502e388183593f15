"""The web app: template tags and static parts, no models."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the template library `web`."""

    name = "portal.web"
    label = "web"
