"""The applicant's files: uploading one by itself, and seeing one's own."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from accounts.acting import documents as waiting_documents
from accounts.acting.principals import Principal
from approvals import selectors
from approvals.errors import NoSuchDraft
from common.errors import DomainError
from portal.citizen import documents, finding
from portal.citizen.forms import DOCUMENT
from portal.web import serving
from portal.web.drafting import uploading
from portal.web.principals import person_of
from portal.web.uploading import takes_files
from records.files.errors import NoSuchFile
from records.models import StoredFile


@takes_files
@require_POST
def upload(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """Take files for one question as the page's script sends them; says in JSON what came of it."""
    done = uploading.tried(request, _principal(request, reference), reference=reference)
    return uploading.told(done, name)


@takes_files
@require_POST
def guardian_document(request: HttpRequest) -> HttpResponse:
    """Take the document of a guardianship as the page's script sends it."""
    return uploading.told(documents.tried(request, person_of(request)), DOCUMENT)


def _principal(request: HttpRequest, reference: str) -> Principal:
    try:
        return finding.draft(request, reference=reference)[0]
    except NoSuchDraft:
        return finding.application(request, reference=reference)[0]


@require_safe
def original(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Hand out one's own file, once it is scanned."""
    return serving.original(_own(request, file_id))


@require_safe
def page(request: HttpRequest, file_id: UUID, number: int) -> HttpResponse:
    """Show a page of one's own file."""
    return serving.page(_own(request, file_id), number=number)


@require_safe
def small(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Show the small picture of one's own file."""
    return serving.small(_own(request, file_id))


def _own(request: HttpRequest, file_id: UUID) -> StoredFile:
    """Return a file of whom one acts for; anything else is answered like an unknown one."""
    attachment = selectors.attachment(file_id)
    if attachment is None:
        return waiting_documents.own(person_of(request), file_id=file_id)
    try:
        if attachment.draft is not None:
            finding.draft(request, reference=attachment.draft.reference)
        elif attachment.application is not None:
            finding.application(request, reference=attachment.application.reference)
    except DomainError as error:
        raise NoSuchFile from error
    return attachment.file
