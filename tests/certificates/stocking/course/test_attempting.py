"""What fails where it stands is begun again a few times, then stopped for somebody to look at; a keeper may stop it."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import Any

import pytest

from certificates.models import CertificateType, ImportBatch, Reconciliation
from certificates.states import IMPORTING, FileOrigin, ImportState
from certificates.stocking import importing, reconciling, starting, tasks
from certificates.stocking.course import attempting
from certificates.stocking.errors import NoSuchFile
from certificates.stocking.files import reading, shelving
from common import clock
from tests.certificates.stocking.test_importing import HEADER, blocks_of, kind, sheet  # noqa: F401 -- a fixture
from tests.factories.certificates import ISSUER
from tests.factories.fixtures import NOON
from tests.factories.people import id_number

pytestmark = pytest.mark.django_db
NUMBER = id_number()
One = ImportBatch | Reconciliation


def begun(kind: CertificateType, how: str) -> One:  # noqa: F811
    content = sheet([[NUMBER, "李四", "Q1", "2020-01-01", "", "", "", ""]], header=HEADER)
    begin = starting.begin if how == "import" else reconciling.begin
    one: One = begin(
        reading.survey(blocks_of(content)),
        kind=kind,
        issuer_code=ISSUER,
        file_name="a.csv",
        origin=FileOrigin.UPLOAD,
        actor="system",
    )
    shelving.keep(one.pk, shelving.UPLOADED, [content])
    return one


def attempt(one: One) -> None:
    (tasks.take if isinstance(one, ImportBatch) else tasks.reconcile)(str(one.pk))


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    clock.set_source(lambda: NOON)
    sent: list[str] = []
    for task in (tasks.take, tasks.reconcile):
        monkeypatch.setattr(task, "apply_async", lambda given, **_: sent.append(given[0]))
    return sent


def break_it(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(starting, "layout_of", fails)


@pytest.mark.parametrize("how", ["import", "compare"])
@pytest.mark.parametrize("error", [TypeError("nobody foresaw it"), SystemExit("killed")])
def test_it_ends_after_a_few_attempts(
    kind: CertificateType,  # noqa: F811
    how: str,
    error: BaseException,
    monkeypatch: pytest.MonkeyPatch,
    woken: list[str],
) -> None:
    one = begun(kind, how)
    break_it(monkeypatch, error)
    for turn in range(1, attempting.MOST + 2):
        at = NOON + timedelta(minutes=5 * turn)
        clock.set_source(functools.partial(min, at, at))
        if not tasks.resume():
            break
        try:
            attempt(one)
        except (TypeError, SystemExit):
            one.refresh_from_db()
            assert one.state in IMPORTING
            assert next(shelving.kept(one.pk, shelving.UPLOADED))  # for the next attempt
    one.refresh_from_db()
    assert one.state == ImportState.FAILED
    assert "告诉运维人员" in one.fault
    assert len(woken) <= attempting.MOST + 1
    clock.set_source(lambda: NOON + timedelta(days=1))
    assert tasks.resume() == 0


def test_a_comparison_that_was_lost_is_made(kind: CertificateType, woken: list[str]) -> None:  # noqa: F811
    one = begun(kind, "compare")
    clock.set_source(lambda: NOON + timedelta(minutes=5))
    assert tasks.resume() == 1
    assert woken == [str(one.pk)]
    attempt(one)
    one.refresh_from_db()
    assert isinstance(one, Reconciliation)
    assert (one.state, one.report["counts"]["only_file"]) == (ImportState.DONE, 1)
    assert tasks.resume() == 0
    with pytest.raises(NoSuchFile):
        next(shelving.kept(one.pk, shelving.UPLOADED))


def test_getting_on_forgets_attempts(kind: CertificateType, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    one = begun(kind, "import")
    ImportBatch.objects.update(attempts=attempting.MOST - 1)
    attempt(one)
    one.refresh_from_db()
    assert (one.state, one.attempts, one.accepted) == (ImportState.REVIEW, 0, 1)  # type: ignore[union-attr]


@pytest.mark.parametrize("how", ["import", "compare"])
def test_what_was_stopped_stays_stopped(kind: CertificateType, how: str) -> None:  # noqa: F811
    one = begun(kind, how)
    assert attempting.drop(one)
    assert not attempting.drop(one)
    attempt(one)
    one.refresh_from_db()
    assert (one.state, one.attempts) == (ImportState.DROPPED, 0)
    if isinstance(one, ImportBatch):
        again = begun(kind, how)
        attempt(again)
        again.refresh_from_db()
        assert (again.state, again.pk) == (ImportState.REVIEW, one.pk)


def test_stopped_while_a_worker_is_at_it(kind: CertificateType, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    one = begun(kind, "compare")
    chunks = reading.chunks
    monkeypatch.setattr(reading, "chunks", lambda *a, **k: (attempting.drop(one), chunks(*a, **k))[1])
    attempt(one)
    one.refresh_from_db()
    assert isinstance(one, Reconciliation)
    assert (one.state, one.report) == (ImportState.DROPPED, {})
    batch = begun(kind, "import")
    monkeypatch.setattr(reading, "chunks", lambda *a, **k: (attempting.drop(batch), chunks(*a, **k))[1])
    attempt(batch)
    batch.refresh_from_db()
    assert batch.state == ImportState.DROPPED
    assert importing.digest_over(batch.pk)
