"""The document of a guardianship: one waits, a request takes it, what is never taken goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from accounts.acting import documents, guarding
from accounts.acting.documents import DocumentRequired
from accounts.models import Guardianship, Person
from common import clock
from records.files import storing
from records.files.errors import FileRefused, NoSuchFile
from records.models import JournalEntry, StoredFile
from tests.factories import people, uploads
from tests.factories.fixtures import NOON

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture
def mother(tmp_path: Path, settings: Any) -> Person:
    settings.FILES_DIR = tmp_path / "files"
    clock.set_source(lambda: NOON)
    return people.person(name="林佳", born=date(1985, 5, 1))


def keep(guardian: Person, content: bytes | None = None) -> StoredFile:
    return documents.keep(guardian, incoming=uploads.received(content or uploads.photo(size=(80, 60))))


def request(guardian: Person) -> Guardianship:
    return guarding.request(
        guardian,
        ward=people.person(born=date(2015, 3, 3)),
        kind=Guardianship.Ward.CHILD,
        document=Guardianship.Document.BIRTH_CERTIFICATE,
        document_number="1",
    )


def on_disk() -> set[str]:
    return {path.parent.name for path in settings.FILES_DIR.rglob("main") if path.is_file()}


def test_a_request_takes_what_waits_and_the_next_one_needs_its_own(mother: Person) -> None:
    stored = keep(mother, uploads.pdf(2))
    assert documents.waiting(mother) == stored
    assert request(mother).document_file == stored.pk
    assert documents.waiting(mother) is None
    with pytest.raises(DocumentRequired), transaction.atomic():
        request(mother)
    assert Guardianship.objects.count() == 1
    assert documents.own(mother, file_id=stored.pk) == stored


def test_a_new_one_takes_the_place_of_what_waits_and_nothing_of_the_old_is_left(
    mother: Person, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first, second = keep(mother), keep(mother)
        turned = documents.turn(mother, file_id=second.pk)
        with pytest.raises(NoSuchFile):
            documents.turn(mother, file_id=first.pk)
    assert list(StoredFile.objects.all()) == [turned]
    assert on_disk() == {turned.pk.hex}
    with django_capture_on_commit_callbacks(execute=True):
        documents.remove(mother, file_id=turned.pk)
    assert on_disk() == set()
    acts = JournalEntry.objects.filter(stream=f"person:{mother.pk}").order_by("sequence")
    assert [one.act for one in acts][-4:] == ["document_uploaded"] * 3 + ["document_removed"]


def test_what_is_refused_leaves_what_waits(mother: Person) -> None:
    stored = keep(mother)
    with pytest.raises(FileRefused):
        keep(mother, b"MZ" + bytes(100))
    assert documents.waiting(mother) == stored


def test_what_a_request_has_taken_is_not_removed_turned_or_replaced(mother: Person) -> None:
    taken = keep(mother)
    request(mother)
    for act in (documents.remove, documents.turn):
        with pytest.raises(NoSuchFile), transaction.atomic():
            act(mother, file_id=taken.pk)
    keep(mother)
    assert b"".join(storing.small(taken))


def test_another_has_no_part_in_it(mother: Person) -> None:
    stored, other = keep(mother), people.person()
    assert documents.waiting(other) is None
    for act in (documents.own, documents.remove, documents.turn):
        with pytest.raises(NoSuchFile), transaction.atomic():
            act(other, file_id=stored.pk)
    with pytest.raises(DocumentRequired), transaction.atomic():
        request(other)


def test_what_has_a_virus_shows_nothing(mother: Person) -> None:
    stored = keep(mother)
    StoredFile.objects.filter(pk=stored.pk).update(scan="infected", scanned_at=NOON)
    with pytest.raises(DocumentRequired, match="病毒"), transaction.atomic():
        request(mother)
    with pytest.raises(NoSuchFile):
        documents.turn(mother, file_id=stored.pk)


@pytest.mark.parametrize(("days", "left"), [(29, 2), (31, 1)])
def test_what_no_request_takes_goes_after_a_month(mother: Person, days: int, left: int) -> None:
    taken = uploads.document(mother)
    request(mother)
    uploads.document(mother)
    elsewhere = uploads.document(people.person())
    StoredFile.objects.filter(pk=elsewhere.pk).update(stream="case:44050720261120000001")
    clock.set_source(lambda: NOON + timedelta(days=days))
    assert documents.forget_unused() == 2 - left
    assert set(StoredFile.objects.values_list("pk", flat=True)) >= {taken.pk, elsewhere.pk}
    assert StoredFile.objects.count() == left + 1
