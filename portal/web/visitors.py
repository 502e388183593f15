"""Where a request comes from."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the visitor's network address, empty where the server knows none.

    Behind a proxy it is the last entry of X-Forwarded-For, which the proxy wrote; those before it anyone may write.
    """
    if settings.BEHIND_PROXY:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
