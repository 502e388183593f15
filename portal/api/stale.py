"""ETag and If-Match (RFC 9110): who acts on what they saw a while ago is told, and nothing is done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from rest_framework.request import Request

from accounts.acting.principals import Principal
from approvals.applying import drafting
from approvals.errors import NoSuchApplication
from approvals.models import Application
from approvals.permissions import own
from portal.api.problems import PreconditionFailed, PreconditionRequired
from records import journal


def tag(application: Application) -> str:
    """Return the entity tag of a case as it stands: another one after every event the applicant can read."""
    events = len(journal.events_of(application.stream))
    told = f"{application.pk} {application.state} {application.waiting_since.isoformat()} {events}"
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:24]}"'


@contextmanager
def as_seen(request: Request, principal: Principal, *, reference: str) -> Iterator[None]:
    """Do what follows only if the case still is what the caller saw; raises PreconditionRequired or -Failed."""
    seen = request.headers.get("If-Match", "").strip()
    if not seen:
        raise PreconditionRequired("请先读取这件办件，再用 If-Match 带上它的 ETag。")
    with transaction.atomic():
        drafting.require_standing(principal)  # the verbs lock in this order: the mandate, then the case
        rows = Application.objects.select_for_update(of=("self",))
        application = rows.filter(own(principal), reference=reference).first()
        if application is None:
            raise NoSuchApplication
        if seen not in {"*", tag(application)}:
            raise PreconditionFailed
        yield
