"""What a keeper of certificates does with whole stores: brings a file in, has one compared, goes on after a stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import actors
from accounts.models import Department, User
from accounts.signing import braking
from certificates.models import CertificateType, ImportBatch, Reconciliation
from certificates.states import IMPORTING, FileOrigin, ImportState
from certificates.stocking import importing, reconciling, starting, tasks
from certificates.stocking.course import attempting, releasing
from certificates.stocking.errors import FilesBraked, NoSuchImport
from certificates.stocking.files import reading, shelving
from certificates.stocking.files.reading import Blocks
from records.journal import note, note_once_a_day

Content = Callable[[], Iterator[bytes]]


def receive(user: User, *, kind: CertificateType, name: str, content: Content) -> ImportBatch:
    """Take an uploaded file in: sealed here, imported by a worker. Raises NotTheirStore, FileUnreadable."""
    return _begin(user, kind, name, lambda _: content(), origin=FileOrigin.UPLOAD)


def choose(user: User, *, kind: CertificateType, name: str) -> ImportBatch:
    """Take in a file that was laid down on the server. Raises NotTheirStore, NoSuchFile, FileUnreadable."""
    return _begin(user, kind, name, _laid_down(user, name), origin=FileOrigin.SERVER)


def _begin(
    user: User, kind: CertificateType, name: str, blocks: Blocks, *, origin: FileOrigin
) -> ImportBatch:
    department = starting.department_of(user, kind=kind)
    _brake(user)
    told = reading.survey(blocks)  # of a large file this takes a while: nothing waits for it
    with transaction.atomic():
        batch = starting.begin(
            told,
            kind=kind,
            issuer_code=department.credit_code,
            file_name=name,
            origin=origin,
            actor=actors.of_user(user),
        )
        if origin == FileOrigin.UPLOAD and batch.state == ImportState.CHECKING:
            shelving.keep(batch.pk, shelving.UPLOADED, blocks(0))
        transaction.on_commit(lambda: tasks.wake_take(batch.pk))
    return batch


def _brake(user: User) -> None:
    if wait := braking.count("stocking_file", str(user.pk)):
        raise FilesBraked(wait)


def _laid_down(user: User, name: str) -> Blocks:
    path = shelving.on_server(name, body=starting.post_of(user).credit_code)
    return lambda position: shelving.at_path(path, position)


@transaction.atomic
def go_on(user: User, *, batch_id: UUID) -> ImportBatch:
    """Go on with an import that stopped. Raises NoSuchImport."""
    batch = imports_of(starting.post_of(user)).select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NoSuchImport
    if batch.state == ImportState.FAILED:
        batch.state = releasing.first_state(batch.origin, released_by=batch.released_by)
        batch.fault, batch.attempts = "", 0
        batch.save()
    if batch.state in IMPORTING:
        transaction.on_commit(lambda: tasks.wake_take(batch.pk))
    return batch


@transaction.atomic
def release(user: User, *, batch_id: UUID) -> ImportBatch:
    """Let a file come in that a colleague began and that is checked.

    Raises NoSuchImport, NotReleasedByYou, NothingToRelease, UnknownIdentity.
    """
    department = starting.post_of(user)
    batch = imports_of(department).select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NoSuchImport
    starting.department_of(user, kind=batch.type)
    releasing.release(batch, user=user)
    transaction.on_commit(lambda: tasks.wake_take(batch.pk))
    return batch


@transaction.atomic
def drop(user: User, *, batch_id: UUID) -> ImportBatch:
    """Stop an import; what is in stays in. Raises NoSuchImport."""
    batch = imports_of(starting.post_of(user)).filter(pk=batch_id).first()
    if batch is None:
        raise NoSuchImport
    _drop(user, batch, act="certificates_import_dropped")
    return batch


@transaction.atomic
def drop_comparison(user: User, *, comparison_id: UUID) -> Reconciliation:
    """Stop a comparison. Raises NoSuchImport."""
    one = comparisons_of(starting.post_of(user)).filter(pk=comparison_id).first()
    if one is None:
        raise NoSuchImport
    _drop(user, one, act="certificates_comparison_dropped")
    return one


def _drop(user: User, one: ImportBatch | Reconciliation, *, act: str) -> None:
    if attempting.drop(one):
        note(stream=f"import:{one.pk}", act=act, actor=actors.of_user(user), subject=one.type.slug)
        transaction.on_commit(lambda: shelving.forget(one.pk, shelving.UPLOADED))


def refused(user: User, *, batch_id: UUID) -> Iterator[str]:
    """Give the rows that were not taken as lines of a CSV; the look is noted. Raises NoSuchImport."""
    batch = imports_of(starting.post_of(user)).filter(pk=batch_id).first()
    if batch is None:
        raise NoSuchImport
    with transaction.atomic():
        note_once_a_day(
            stream=f"import:{batch.pk}",
            act="refused_rows_handed_out",
            actor=actors.of_user(user),
            subject=batch.type.slug,
        )
    return importing.refused_lines(batch)


def compare(user: User, *, kind: CertificateType, name: str, content: Content | None) -> Reconciliation:
    """Have a file held against the store: an uploaded one, or one laid down on the server. Raises NotTheirStore."""
    department = starting.department_of(user, kind=kind)
    _brake(user)
    blocks = _laid_down(user, name) if content is None else (lambda _: content())
    told = reading.survey(blocks)
    with transaction.atomic():
        one = reconciling.begin(
            told,
            kind=kind,
            issuer_code=department.credit_code,
            file_name=name,
            origin=FileOrigin.SERVER if content is None else FileOrigin.UPLOAD,
            actor=actors.of_user(user),
        )
        if content is not None:
            shelving.keep(one.pk, shelving.UPLOADED, content())
        transaction.on_commit(lambda: tasks.wake_reconcile(one.pk))
    return one


def imports_of(department: Department) -> QuerySet[ImportBatch]:
    """Return the imports of a department, the newest first."""
    rows = ImportBatch.objects.filter(issuer_code=department.credit_code).select_related("type")
    return rows.order_by("-created_at", "pk")


def comparisons_of(department: Department) -> QuerySet[Reconciliation]:
    """Return what a department had compared, the newest first."""
    rows = Reconciliation.objects.filter(issuer_code=department.credit_code).select_related("type")
    return rows.order_by("-created_at", "pk")
