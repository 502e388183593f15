"""`manage.py check --database default`: a site that serves citizens names who runs it (国办发〔2017〕47号)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Warning as Complaint
from django.db import Error

from portal.web.site import profile

HINT = "Enter them: manage.py site_profile identifier=… icp=… police=…"


def particulars(*, databases: Sequence[str] | None = None, **told: Any) -> list[CheckMessage]:
    """Return a warning with what the foot of every page lacks; a demo may make it up."""
    if settings.DEMO or not databases:
        return []
    try:
        lacking = list(profile.lacking(profile.stored() or settings.SITE))
    except Error:
        return []  # no table yet: migrate comes first, and says so itself
    return (
        [Complaint(f"The site does not say: {'、'.join(lacking)}", hint=HINT, id="web.W001")]
        if lacking
        else []
    )
