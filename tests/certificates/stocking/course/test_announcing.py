"""Holders of what came in are told once an import, in the portal alone, however often it is begun again."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from accounts.models import Delivery, Message
from certificates.models import CertificateType, ImportBatch
from certificates.stocking import tasks
from certificates.stocking.course import announcing
from certificates.stocking.files import shelving
from common import clock
from records.hashing import HashKind, keyed
from tests.certificates.stocking.test_importing import HEADER, kind, sheet, take  # noqa: F401 -- a fixture
from tests.factories import certificates as making
from tests.factories.people import business, id_number, person

pytestmark = pytest.mark.django_db


def rows(number: int, *, twice: int = 0) -> list[list[str]]:
    people = [id_number() for _ in range(number)]
    return [
        [holder, "李四", f"A{at}-{n}", "2020-01-01"]
        for at, holder in enumerate(people)
        for n in range(2 if at < twice else 1)
    ]


def test_each_is_told_once(
    kind: CertificateType,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(announcing, "PORTION", 2)
    given = rows(5, twice=3)
    batch = take(sheet(given, header=HEADER[:4]), kind)
    assert not announcing.tell(batch.pk, seconds=-1)  # its time was over after a portion
    assert 0 < Message.objects.count() < 5
    assert announcing.tell(batch.pk, seconds=9)
    assert announcing.tell(batch.pk, seconds=9)
    told = Message.objects.filter(kind="certificate_imported")
    hashes = {bytes(one) for one in told.values_list("person__id_number_hash", flat=True)}
    assert hashes == {keyed(HashKind.RESIDENT_ID, row[0]) for row in given}
    assert told.count() == 5
    assert not Delivery.objects.exists()
    assert "测试卡" in told[0].title
    again = take(sheet(given, header=HEADER[:4]), kind)  # the same file: nothing new, nobody told
    assert announcing.tell(again.pk, seconds=9)
    assert Message.objects.count() == 5


def test_of_a_newer_version_its_holder_is_told_that_the_older_is_over(
    kind: CertificateType,  # noqa: F811
) -> None:
    newly, anew, both = (id_number() for _ in range(3))
    header = [*HEADER[:4], "version"]

    def row(holder: str, number: str, version: int) -> list[str]:
        return [holder, "李四", number, "2020-01-01", str(version), "李四"]

    header.append("fields.name")
    take(sheet([row(anew, "C1", 1), row(both, "C2", 1)], header=header), kind)
    rows = [
        row(newly, "C3", 1),
        row(newly, "C3", 2),
        row(anew, "C1", 2),
        row(both, "C2", 2),
        row(both, "C4", 1),
    ]
    batch = take(sheet(rows, header=header), kind)
    assert announcing.tell(batch.pk, seconds=9)
    assert announcing.tell(batch.pk, seconds=9)
    told = {
        (bytes(hashed), said)
        for hashed, said in Message.objects.values_list("person__id_number_hash", "kind")
    }
    plain, newer = "certificate_imported", "certificate_imported_anew"
    expected = {(newly, plain), (anew, newer), (both, plain), (both, newer)}
    assert told == {(keyed(HashKind.RESIDENT_ID, holder), said) for holder, said in expected}
    assert Message.objects.count() == 4
    assert not Delivery.objects.exists()
    words = Message.objects.filter(kind=newer)[0]
    assert words.title == "测试卡有了新版，旧版不能再用"
    assert "请使用新版" in words.body


def test_an_organisation_is_told_by_who_acts_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = person(name="陈桂英", mobile="13800138000")
    body = business(operator=owner)
    batch = take(
        sheet([[body.credit_code, body.name, "B1", "2020-01-01"]], header=HEADER[:4]),
        making.card_type(holder_kind="organisation", exclusive=False),
    )
    assert announcing.tell(batch.pk, seconds=9)
    assert list(Message.objects.values_list("person", flat=True)) == [owner.pk]
    assert not Delivery.objects.exists()


def test_the_timetable_finds_who_was_not_told(
    kind: CertificateType,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = take(sheet(rows(1), header=HEADER[:4]), kind)
    monkeypatch.setattr(tasks.tell, "apply_async", lambda given, **_: tasks.tell(given[0]))
    later = clock.now() + timedelta(minutes=5)
    clock.set_source(lambda: later)
    assert tasks.resume() == 1
    assert Message.objects.count() == 1
    assert tasks.resume() == 0
    assert ImportBatch.objects.get(pk=batch.pk).told_at is not None
    shelving.forget_all(batch.pk)


def test_of_imports_that_ended_before_anybody_was_told_nobody_is_told_now(
    kind: CertificateType,  # noqa: F811
) -> None:
    take(sheet(rows(1), header=HEADER[:4]), kind)
    ImportBatch.objects.update(told_at=None)
    with connection.cursor() as cursor:
        cursor.execute(import_module("certificates.migrations.0022_holders_told")._TOLD)
    later = clock.now() + timedelta(minutes=5)
    clock.set_source(lambda: later)
    assert tasks.resume() == 0
    assert not Message.objects.exists()
