"""How far a scan has come: what only time does needs no job."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certificates.models import Authorisation, Scan
from certificates.presenting.stages import Stage, stage
from tests.factories.certificates import AT

MINUTE = timedelta(minutes=1)


def scan(status: str, given: str = "") -> Scan:
    return Scan(
        status=status,
        scanned_at=AT,
        asked_at=AT,
        access_until=AT + 10 * MINUTE,
        authorisation=Authorisation(status=given) if given else None,
    )


@pytest.mark.parametrize(
    ("status", "given", "after", "expected"),
    [
        ("scanned", "", 10, Stage.SCANNED),
        ("scanned", "", 10.1, Stage.LAPSED),
        ("asked", "", 5, Stage.ASKED),
        ("asked", "", 5.1, Stage.LAPSED),
        ("agreed", "granted", 9.9, Stage.OPEN),
        ("agreed", "granted", 10, Stage.OVER),
        ("agreed", "revoked", 0, Stage.WITHDRAWN),
        ("agreed", "revoked", 60, Stage.WITHDRAWN),
        ("agreed", "ended", 0, Stage.OVER),  # the case is closed: nothing more to look at
        ("agreed", "used", 0, Stage.OVER),
        ("agreed", "", 0, Stage.WITHDRAWN),
        ("refused", "", 0, Stage.REFUSED),
        ("ended", "", 0, Stage.LEFT),
        ("ended", "granted", 0, Stage.LEFT),
    ],
)
def test_stages(status: str, given: str, after: float, expected: Stage) -> None:
    assert stage(scan(status, given), at=AT + after * MINUTE) == expected
