"""What applicants uploaded, as officers see it: each look leaves a trace. And what the virus scan has not cleared."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.acting import guarding
from approvals import reviewing, selectors
from common.errors import DomainError
from portal.bureau import access
from portal.bureau.access import office_page
from portal.web import serving
from records.files.errors import NoSuchFile
from records.models import StoredFile


@office_page
@require_safe
def original(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Hand out a file that was handed in, once it is scanned."""
    return serving.original(_handed_in(request, file_id))


@office_page
@require_safe
def page(request: HttpRequest, file_id: UUID, number: int) -> HttpResponse:
    """Show a page of a file."""
    return serving.page(_handed_in(request, file_id), number=number)


@office_page
@require_safe
def small(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Show the small picture of a file."""
    return serving.small(_handed_in(request, file_id))


def _handed_in(request: HttpRequest, file_id: UUID) -> StoredFile:
    """Return a file handed in with a case of the officer's; anything else is answered like an unknown one."""
    attachment = selectors.attachment(file_id)
    if attachment is None:
        return _document(request, file_id)
    officer = access.officer_of(request)
    if attachment.application is None or attachment.handed_in_at is None:
        raise NoSuchFile
    try:
        application = access.application_of(officer, reference=attachment.application.reference)
    except DomainError as error:
        raise NoSuchFile from error
    return reviewing.look_at_file(officer.user, application=application, file=attachment.file)


def _document(request: HttpRequest, file_id: UUID) -> StoredFile:
    """Return the document of a guardianship that waits to be confirmed, for who may confirm it."""
    staff = access.confirming(request)
    try:
        return guarding.look_at_document(staff.user, file_id=file_id)
    except DomainError as error:
        raise NoSuchFile from error


@office_page
@never_cache
@require_safe
def unsafe(request: HttpRequest) -> HttpResponse:
    """Show an admin the files the scan found infected, could not finish, or has left waiting."""
    admin = access.admin_of(request, subject="文件查毒")
    found = selectors.files_in_trouble(admin.post.department)
    return render(request, "bureau/files.html", {"officer": admin, "files": found})
