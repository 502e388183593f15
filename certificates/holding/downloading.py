"""A holder takes their own certificate away: as a sealed paper, or as its signed data. No use by a body: no record."""

from __future__ import annotations

from datetime import datetime

from accounts import actors
from accounts.acting.principals import Principal
from certificates.holding.using import own_values
from certificates.models import Certificate
from certificates.papers import making


def paper(certificate: Certificate, *, viewer: Principal, at: datetime) -> bytes:
    """Return the sealed PDF to the certificate's own holder. Raises NotYours, NoPaper, NotSealedNow."""
    own_values(certificate, viewer=viewer)
    return making.paper_of(certificate, actor=actors.of_person(viewer.acting), at=at)
