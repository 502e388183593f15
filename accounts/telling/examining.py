"""Checks at start-up and in `doctor`: the texts of data/messages, and what a channel needs to be set up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from accounts.states import Channel
from accounts.telling import wording

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def check_telling(**_asked: Any) -> list[checks.CheckMessage]:
    """Refuse texts that would tell too much or arrive broken, and a gateway that would be told in clear."""
    return [*(checks.Error(fault, id="accounts.E001") for fault in wording.faults()), *_set_up()]


def _set_up() -> Iterator[checks.CheckMessage]:
    if not settings.SMS_URL:
        return
    place = urlsplit(settings.SMS_URL)
    if not settings.SMS_SECRET:
        yield checks.Error("SMS_URL is set, SMS_SECRET is not", id="accounts.E002")
    if place.scheme != "https" and place.hostname not in LOOPBACK:
        yield checks.Error("SMS_URL must be https: mobile numbers would travel in clear", id="accounts.E003")
    wanted = {kind for kind, told in wording.kinds().items() if Channel.SMS in told.channels} | {wording.NAME}
    if settings.SMS_TEMPLATES and (missing := sorted(wanted - settings.SMS_TEMPLATES.keys())):
        yield checks.Warning(
            f"SMS_TEMPLATES names no template for {', '.join(missing)}: sent under that name",
            hint="docs/how-to/connect-a-gateway.md",
            id="accounts.W001",
        )
