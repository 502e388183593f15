"""The document that shows a guardianship: uploaded before the request is made, which takes it and keeps it.

A guardian has at most one that no request has taken; what none ever takes is thrown away after a while.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import actors
from accounts.models import Guardianship, Person
from common import clock
from common.errors import DomainError
from records import journal
from records.files import storing
from records.files.errors import NoSuchFile
from records.files.keeping import Incoming
from records.models import StoredFile
from records.tasks import wake_scanner_on_commit

UNUSED = timedelta(days=30)  # then a document that no request took is thrown away


class DocumentRequired(DomainError):
    """Nobody is registered as a guardian on their word alone, nor on a file nobody can open."""

    status = 422
    message = "请上传文书的照片或者 PDF。工作人员要看到文书，才能核实监护关系。"


def waiting(guardian: Person) -> StoredFile | None:
    """Return what the guardian uploaded and no request has taken yet."""
    return _unused(guardian).first()


def own(person: Person, *, file_id: UUID) -> StoredFile:
    """Return a document the person uploaded, taken by a request or not. Raises NoSuchFile."""
    found = _uploaded_by(person).filter(pk=file_id).first()
    if found is None:
        raise NoSuchFile
    return found


def of(guardianship: Guardianship) -> StoredFile | None:
    """Return what a request was made with; those of before documents were asked for have none."""
    wanted = guardianship.document_file
    return StoredFile.objects.filter(pk=wanted).first() if wanted else None


def keep(guardian: Person, *, incoming: Incoming) -> StoredFile:
    """Keep a received file for the next request, in place of what waited. Raises FileRefused."""
    owner = actors.of_person(guardian)
    stored = storing.prepare(incoming, accept=(), stream=_stream(guardian), owner=owner, at=clock.now())
    return _keep(guardian, stored)


def turn(guardian: Person, *, file_id: UUID) -> StoredFile:
    """Turn a waiting picture a quarter to the right; the file is a new one, in place of the old. Raises NoSuchFile."""
    found = _unused(guardian).filter(pk=file_id).first()
    if found is None or found.is_quarantined:
        raise NoSuchFile
    turned = storing.turned(found, owner=actors.of_person(guardian), at=clock.now())
    return _keep(guardian, turned, instead_of=found)


@transaction.atomic
def remove(guardian: Person, *, file_id: UUID) -> None:
    """Throw away what no request has taken. Raises NoSuchFile."""
    _lock(guardian)
    found = _unused(guardian).filter(pk=file_id).first()
    if found is None:
        raise NoSuchFile
    storing.delete([found.pk])
    _note(guardian, "document_removed", found)


def take(guardian: Person) -> StoredFile:
    """Return what waits, for the request that is being made; the caller holds the guardian's lock.

    Raises DocumentRequired where nothing waits, or what cannot be opened.
    """
    found = _unused(guardian).select_for_update().first()
    if found is None:
        raise DocumentRequired
    if found.is_quarantined:
        raise DocumentRequired("上传的文件里有病毒，谁也打不开。请删除，换一个文件再上传。")
    return found


@transaction.atomic
def forget_unused() -> int:
    """Throw away what waited too long for a request; return how many."""
    taken = Guardianship.objects.filter(document_file__isnull=False).values("document_file")
    old = StoredFile.objects.filter(stream__startswith=_stream(), created_at__lt=clock.now() - UNUSED)
    gone = list(old.exclude(pk__in=taken).select_for_update(skip_locked=True).values_list("pk", flat=True))
    storing.delete(gone)
    return len(gone)


def _keep(guardian: Person, stored: StoredFile, *, instead_of: StoredFile | None = None) -> StoredFile:
    """Commit what was prepared, or leave nothing of it."""
    try:
        with transaction.atomic():
            _lock(guardian)
            before = list(_unused(guardian))
            if instead_of is not None and instead_of not in before:
                raise NoSuchFile
            storing.keep(stored)
            storing.delete([one.pk for one in before])
            _note(guardian, "document_uploaded", stored)
            wake_scanner_on_commit()
            return stored
    except BaseException:
        storing.forget(stored)
        raise


def _lock(guardian: Person) -> None:
    Person.objects.select_for_update(no_key=True).get(pk=guardian.pk)


def _uploaded_by(person: Person) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(stream=_stream(person), owner=actors.of_person(person))


def _unused(guardian: Person) -> QuerySet[StoredFile]:
    taken = Guardianship.objects.filter(guardian=guardian, document_file__isnull=False)
    return _uploaded_by(guardian).exclude(pk__in=taken.values("document_file")).order_by("created_at", "pk")


def _stream(person: Person | None = None) -> str:
    """Return the stream of a person; without one, how all of them begin."""
    return f"person:{person.pk if person else ''}"


def _note(guardian: Person, act: str, stored: StoredFile) -> None:
    journal.note(
        stream=_stream(guardian),
        act=act,
        actor=actors.of_person(guardian),
        subject=str(stored.pk),
        details={"digest": bytes(stored.digest).hex(), "pages": stored.pages},
    )
