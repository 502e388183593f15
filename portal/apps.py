"""The roof: pages, commands and settings."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Holds the commands of the whole product."""

    name = "portal"
