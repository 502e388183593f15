"""Looking through the store: is every certificate still what its organ signed?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from certificates.models import Certificate
from certificates.sealing import signing
from certificates.sealing.statement import Fault

AT_ONCE = 500
_SHOWN = 100  # of the faulty ones so many are named


@dataclass(slots=True)
class Report:
    """What was found. Imported certificates, and those of before there were seals, are not signed: that is no fault."""

    checked: int = 0
    unsigned: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)
    named: list[tuple[str, Fault]] = field(default_factory=list)


def verify_all(*, since: datetime | None = None) -> Report:
    """Check digest, signature, organ and chain of what was entered since a moment, or of everything."""
    report = Report()
    for certificate in _certificates(since):
        report.checked += 1
        fault = signing.verify(certificate)
        if fault == Fault.UNSIGNED:
            report.unsigned += 1
        elif fault is not None:
            report.faults[fault] += 1
            if len(report.named) < _SHOWN:
                report.named.append((certificate.identifier, fault))
    return report


def _certificates(since: datetime | None) -> Iterator[Certificate]:
    rows = Certificate.objects.select_related("seal").order_by("pk")
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    return rows.iterator(chunk_size=AT_ONCE)
