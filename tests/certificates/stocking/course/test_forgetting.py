"""What is kept of imports is forgotten in time, never what somebody still needs."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from certificates.models import CertificateType, ImportBatch, Reconciliation
from certificates.states import IMPORTING, ImportState
from certificates.stocking import tasks
from certificates.stocking.course import forgetting
from certificates.stocking.files import shelving
from common import clock
from tests.certificates.stocking.course.test_attempting import begun
from tests.certificates.stocking.test_importing import kind  # noqa: F401 -- a fixture

pytestmark = pytest.mark.django_db


def is_kept(one: ImportBatch | Reconciliation) -> bool:
    return one.pk in dict(shelving.owners())


@pytest.mark.parametrize("how", ["import", "compare"])
@pytest.mark.parametrize("state", [*ImportState])
def test_every_state_after_its_time(
    kind: CertificateType,  # noqa: F811
    noon: datetime,
    how: str,
    state: ImportState,
) -> None:
    one = begun(kind, how)
    shelving.keep_refused(one.pk, 1, [(2, "原因", "内容")])
    type(one).objects.filter(pk=one.pk).update(state=state, seen_at=noon)
    for days, kept in ((29, True), (31, state in IMPORTING)):
        clock.set_source(lambda later=noon + timedelta(days=days): later)  # type: ignore[misc]
        tasks.forget_old()
        assert is_kept(one) is kept
    one.refresh_from_db()
    waited = how == "import" and state in {ImportState.REVIEW, ImportState.FAILED}
    assert one.state == (ImportState.DROPPED if waited else state)
    assert (one.fault == forgetting.TOO_LATE) is waited


def test_what_nothing_stands_for(noon: datetime) -> None:
    owner = uuid4()
    shelving.keep(owner, shelving.UPLOADED, [b"x"])
    folder = shelving._folder(owner)
    for hours, forgotten in ((1, 0), (25, 1)):
        then = (noon - timedelta(hours=hours)).timestamp()
        os.utime(folder, (then, then))
        assert forgetting.forget_old(at=noon) == forgotten
    assert not folder.exists()
