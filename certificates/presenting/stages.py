"""How far a scan has come at a moment. What only time does (nobody answered, ten minutes are over) is derived."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from certificates.models import Scan
from certificates.states import AuthorisationStatus, ScanStatus

ASK_WITHIN = timedelta(minutes=10)  # from the scan to the question
ANSWER_WITHIN = timedelta(minutes=5)  # from the question to the answer
ACCESS = timedelta(minutes=10)  # from the answer to the end of the window's look


class Stage(StrEnum):
    """One more than the stored states: what has lapsed, and what was taken back."""

    SCANNED = "scanned"
    ASKED = "asked"
    OPEN = "open"
    REFUSED = "refused"
    LAPSED = "lapsed"  # never asked, or never answered
    OVER = "over"  # agreed, and the ten minutes have passed or the case is closed
    WITHDRAWN = "withdrawn"  # agreed, and the holder took it back
    LEFT = "left"  # the window ended it


GOING_ON = frozenset({Stage.SCANNED, Stage.ASKED, Stage.OPEN})


def stage(scan: Scan, *, at: datetime) -> Stage:
    """Return how far a scan has come; `scan.authorisation` should be at hand."""
    status = ScanStatus(scan.status)
    if status == ScanStatus.SCANNED:
        return Stage.SCANNED if at <= scan.scanned_at + ASK_WITHIN else Stage.LAPSED
    if status == ScanStatus.ASKED:
        asked = scan.asked_at or scan.scanned_at
        return Stage.ASKED if at <= asked + ANSWER_WITHIN else Stage.LAPSED
    if status == ScanStatus.AGREED:
        return _agreed(scan, at=at)
    return Stage.REFUSED if status == ScanStatus.REFUSED else Stage.LEFT


def _agreed(scan: Scan, *, at: datetime) -> Stage:
    given = scan.authorisation
    if given is None or given.status == AuthorisationStatus.REVOKED:
        return Stage.WITHDRAWN
    stands = given.status == AuthorisationStatus.GRANTED and scan.access_until is not None
    return Stage.OPEN if stands and scan.access_until and at < scan.access_until else Stage.OVER
