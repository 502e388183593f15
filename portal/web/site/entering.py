"""Entering who runs the site."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from common import clock
from portal.web.models import SiteProfile
from portal.web.site.profile import PARTICULARS, stored
from records.journal import note


@transaction.atomic
def enter(changed: Mapping[str, str], *, actor: str) -> Mapping[str, str]:
    """Enter a new state of the site's particulars: what holds now, with these changed. KeyError: unknown."""
    if unknown := sorted(set(changed) - set(PARTICULARS)):
        raise KeyError(", ".join(unknown))
    values = {**(stored() or settings.SITE), **changed}
    SiteProfile.objects.create(**{name: values[name] for name in PARTICULARS}, entered_at=clock.now())
    note(
        stream="site:profile",
        act="site.profile_entered",
        actor=actor,
        details={"changed": ", ".join(sorted(changed))},
    )
    return values
