"""The demo: lives to sign in as and a clock to shift. Present only with DEMO=1."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from common import clock
from portal.demo import shifted

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


class DemoConfig(AppConfig):
    """Installed only in demo mode; refuses a host that others can reach."""

    name = "portal.demo"
    label = "demo"

    def ready(self) -> None:
        """Refuse to run where strangers could sign in as anybody, then let the clock be shifted."""
        refuse_public_host(settings.PUBLIC_HOST)
        clock.set_source(shifted.shifted_time)


def refuse_public_host(host: str) -> None:
    """Raise ImproperlyConfigured unless the portal is reached from this machine only."""
    if host not in LOOPBACK:
        raise ImproperlyConfigured(
            f"DEMO=1 lets anybody sign in as anybody, so PUBLIC_HOST must be 127.0.0.1 or localhost, not {host}. "
            "Unset DEMO, or PUBLIC_HOST."
        )
