"""Two imports of one type at once: the second is held against what the first wrote; the database keeps the rest out."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from certificates.issuance import issuing, lifecycle
from certificates.models import Certificate, CertificateType, ImportBatch
from certificates.states import CertificateStatus
from certificates.stocking import importing
from certificates.stocking.course import sharing
from certificates.stocking.files import reading
from records.models import JournalEntry
from tests.certificates.stocking.test_importing import kind, refusals  # noqa: F401 -- a fixture
from tests.certificates.stocking.test_newer_versions import (
    COMES_BACK,
    LATE,
    REVOKED,
    SUPERSEDED,
    SUSPENDED,
    VALID,
    bring,
    check_the_store,
    line,
    standing,
)
from tests.factories import certificates as making
from tests.factories import roles
from tests.factories.offices import department
from tests.factories.people import person
from tests.records.threads import in_threads, wait_for_a_lock

pytestmark = pytest.mark.django_db
TO = CertificateStatus.CANCELLED


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        (line(1), line(2), LATE),
        (line(2), line(1), ""),
        (line(2), line(1, REVOKED), COMES_BACK),  # no index would keep these three
        (line(2), line(1, SUSPENDED), "第 1 版暂停使用"),
        (line(2, SUPERSEDED), line(1), "第 1 版还有效"),
    ],
)
def test_what_another_import_wrote_meanwhile_counts(
    kind: CertificateType,  # noqa: F811
    mine: list[str],
    theirs: list[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = importing._Run.take
    others: list[ImportBatch] = []

    def late(self: Any, chunk: Any, prepared: Any) -> None:
        monkeypatch.setattr(importing._Run, "take", real)
        others.append(bring(kind, theirs))
        real(self, chunk, prepared)

    monkeypatch.setattr(importing._Run, "take", late)
    batch = bring(kind, mine)
    assert others[0].accepted == 1
    if words:
        assert words in refusals(batch)[0][1]
    else:
        assert (batch.accepted, batch.superseded) == (1, 1)
        assert standing() == {("N1", 1): (SUPERSEDED, None), ("N1", 2): (VALID, 1)}


def test_what_ended_meanwhile_does_not_come_back(
    kind: CertificateType,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bring(kind, line(1))
    real = importing._Run.take

    def late(self: Any, chunk: Any, prepared: Any) -> None:
        lifecycle.change_status(Certificate.objects.get(), TO, reason="依法", actor="system")
        real(self, chunk, prepared)

    monkeypatch.setattr(importing._Run, "take", late)
    batch = bring(kind, line(2))
    assert COMES_BACK in refusals(batch)[0][1]
    assert standing() == {("N1", 1): ("cancelled", None)}


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_leave_one_valid_version_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    department()
    made = making.card_type(exclusive=False)
    monkeypatch.setattr(reading.chunks, "__kwdefaults__", {"rows": 3})
    numbers = [f"N{n}" for n in range(24)]
    upwards = [line(version, number=one) for one in numbers for version in (1, 3)]
    downwards = [line(version, number=one) for one in reversed(numbers) for version in (2, 4)]
    batches = in_threads(lambda number: bring(made, *(downwards if number else upwards)), threads=2)
    assert [batch.state for batch in batches] == ["done", "done"]
    check_the_store()
    found = standing()
    assert {one for one, (status, _) in found.items() if status == VALID} == {(one, 4) for one in numbers}
    assert {status for status, _ in found.values()} == {VALID, SUPERSEDED}
    assert sum(batch.accepted for batch in batches) == len(found)
    assert sum(batch.accepted + batch.rejected for batch in batches) == 96
    told = JournalEntry.objects.filter(act="certificates_superseded").values_list("details", flat=True)
    assert sum(details["count"] for details in told) >= sum(batch.superseded for batch in batches)


@pytest.mark.django_db(transaction=True)
def test_an_import_waits_for_its_turn_and_issuing_does_not() -> None:
    department()
    made = making.card_type(exclusive=False)
    holder_of_other = making.wanted(person(name="陈桂英"), number="I1")

    def work(number: int) -> Any:
        if number:
            with transaction.atomic():
                sharing.wait_turn(made)
                turn.append(1)
                wait_in_a_thread()
                assert not Certificate.objects.filter(number="N1").exists()
                issuing.issue(holder_of_other, at=making.AT)
            return None
        while not turn:
            pass
        return bring(made, line(1)).accepted

    turn: list[int] = []
    assert in_threads(work, threads=2) == [1, None]
    assert Certificate.objects.count() == 2


def wait_in_a_thread() -> None:
    watcher = threading.Thread(target=wait_for_a_lock)
    watcher.start()
    watcher.join()


@pytest.mark.parametrize("who", ["owner", "application"])
def test_the_database_holds_one_valid_version(kind: CertificateType, who: str) -> None:  # noqa: F811
    bring(kind, line(1))
    bring(kind, line(3))
    if who == "application":
        roles.as_application()
    copied = """
    INSERT INTO certificates_certificate SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),
        'identifier', 'x', 'check_token', 'x', 'version', 2, 'previous_id', null, 'status', %s::text))).*
    FROM certificates_certificate c WHERE version = 3
    """
    with (
        pytest.raises(IntegrityError, match="one_valid_version_a_number"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(copied, [VALID])
    with connection.cursor() as cursor:
        cursor.execute(copied, [SUSPENDED])
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(version=2).update(status=VALID)
    assert Certificate.objects.filter(status=VALID).count() == 1
