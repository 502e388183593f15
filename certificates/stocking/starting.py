"""A file of certificates before anything of it comes in: whose it is, how it is written, what it would come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.db import transaction

from accounts import permissions
from accounts.models import Department, Post, User
from certificates import schemas
from certificates.issuance import terms
from certificates.models import CertificateType, ImportBatch, Reconciliation
from certificates.states import IMPORTING, FileOrigin, ImportState
from certificates.stocking.course import releasing
from certificates.stocking.errors import NotTheirStore, OtherIssuer, UnknownIssuer
from certificates.stocking.files import columns, reading, shelving
from certificates.stocking.files.reading import Blocks, Form, Survey
from certificates.stocking.files.rows import Layout
from certificates.stocking.preparing import Job, Prepared, Preparer
from common import clock


def blocks_of(one: ImportBatch | Reconciliation) -> Blocks:
    """Return what gives the file of an import or a comparison. Raises NoSuchFile."""
    if one.origin == FileOrigin.UPLOAD:
        return lambda position: shelving.kept(one.pk, shelving.UPLOADED, position)
    path = shelving.on_server(one.file_name, body=one.issuer_code)
    return lambda position: shelving.at_path(path, position)


@transaction.atomic
def begin(
    told: Survey, *, kind: CertificateType, issuer_code: str, file_name: str, origin: FileOrigin, actor: str
) -> ImportBatch:
    """Return the import of a file, new or begun before. Raises UnknownIssuer, OtherIssuer.

    One that has ended is read from its beginning again, where everything that came in is known.
    """
    issuer = issuer_of(kind, code=issuer_code)
    batch, created = ImportBatch.objects.select_for_update().get_or_create(
        type=kind,
        sha256=told.sha256,
        defaults={
            "file_name": file_name[:200],
            "size": told.size,
            "origin": origin,
            "issuer_code": issuer.credit_code,
            "issuer_name": issuer.name,
            "started_by": actor,
            "created_at": clock.now(),
        },
    )
    if batch.issuer_code != issuer.credit_code:
        raise OtherIssuer
    if created or _is_anew(batch, origin):
        state = releasing.first_state(origin)
        if not (_stopped_half_way(batch) and state == ImportState.WAITING):
            releasing.rewind(batch)  # what is in is known
        batch.file_name, batch.origin, batch.started_by = file_name[:200], origin, actor
        batch.released_by, batch.released_at, batch.attempts, batch.fault = "", None, 0, ""
        batch.state = state
        batch.save()
    return batch


def _stopped_half_way(batch: ImportBatch) -> bool:
    """Return whether rows were being written when it failed: then it may go on from there."""
    return batch.state == ImportState.FAILED and bool(batch.released_by or batch.origin == FileOrigin.COMMAND)


def _is_anew(batch: ImportBatch, origin: FileOrigin) -> bool:
    """Return whether a file is begun that nobody is at; what waits for a second keeper an operator may bring in."""
    unreleased = batch.state in {ImportState.CHECKING, ImportState.REVIEW}
    return batch.state not in {*IMPORTING, ImportState.REVIEW} or (
        unreleased and origin == FileOrigin.COMMAND
    )


def post_of(user: User) -> Department:
    """Return the department whose certificates the user keeps at this moment. Raises NotTheirStore."""
    post = permissions.acting_as(user, Post.Role.KEEPER)
    if post is None or post.department is None:
        raise NotTheirStore
    return post.department


def department_of(user: User, *, kind: CertificateType) -> Department:
    """Return the user's department if it issues a type. Raises NotTheirStore."""
    department = post_of(user)
    if department.credit_code not in terms.issuers_of(kind):
        raise NotTheirStore
    return department


def issuer_of(kind: CertificateType, *, code: str) -> Department:
    """Return the department that may issue a type. Raises UnknownIssuer."""
    issuer = Department.objects.filter(credit_code=code).first()
    if issuer is None or code not in terms.issuers_of(kind):
        raise UnknownIssuer
    return issuer


def layout_of(
    blocks: Blocks, told: Survey, *, kind: CertificateType, issuer_code: str, issuer_name: str
) -> tuple[Layout, int, int]:
    """Return how every record of a file is read, where the first one begins, and the lines before it."""
    layout = Layout(
        kind=kind,
        specs=schemas.of_version(kind, kind.current_schema),
        issuer_code=issuer_code,
        issuer_name=issuer_name,
        form=told.form,
        encoding=told.encoding,
        columns=(),
        delimiter=",",
        today=clock.today(),
    )
    if told.form is Form.JSON_LINES:
        return layout, told.begins, 0
    first, ends = reading.header(blocks, told)
    try:
        text = first.content.decode(told.encoding).rstrip("\r")
        delimiter = "\t" if "\t" in text and "," not in text else ","
        names = columns.named(columns.cells(text, delimiter=delimiter), specs=layout.specs)
    except (UnicodeDecodeError, columns.BadCell) as error:
        raise reading.FileUnreadable from error
    lines = first.line + first.content.count(b"\n")
    return replace(layout, columns=names, delimiter=delimiter), ends, lines


def try_out(
    blocks: Blocks, told: Survey, *, kind: CertificateType, issuer_code: str
) -> Iterator[tuple[Prepared, int]]:
    """Give what each chunk would come to, with how many bytes are read; nothing is written and nobody entered."""
    issuer = issuer_of(kind, code=issuer_code)
    layout, first, lines = layout_of(
        blocks, told, kind=kind, issuer_code=issuer.credit_code, issuer_name=issuer.name
    )
    job = Job(layout, "", "", clock.now(), is_demo=False, dry=True)
    prepare = Preparer(job)
    for chunk in reading.chunks(blocks, form=layout.form, position=first, line=lines):
        yield prepare(chunk.records), chunk.end
