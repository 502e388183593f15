"""Public check of a certificate by its identifier or the token of its QR code. Only a valid one gets a green tick."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.signing import braking
from certificates.papers.examining import NotExamined
from portal.public.showing import verifying
from portal.public.showing.verifying import Answer
from portal.web.components import codes
from portal.web.uploading import SealedUpload, takes_files_of_anyone
from portal.web.visitors import address_of
from records.files.errors import FileRefused

log = logging.getLogger("portal.public")
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
YEAR = 365 * 24 * 3600
NOTHING_TYPED = "请先填写电子证照标识，它印在证照最下面一行。"
A_FILE = 5  # checks: what a look at a file costs


@login_not_required
@never_cache
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Show the form, and the answer when an identifier is given."""
    asked = verifying.tidy(request.GET.get("id", ""))
    fault = verifying.fault(asked) if asked else NOTHING_TYPED if "id" in request.GET else ""
    if not asked or fault:
        known = {"asked": asked, "fault": fault, "file_fault": ""}
        return render(request, "public/check.html", known, status=422 if fault else 200)
    return _answer(request, asked, shown=asked)


@login_not_required
@never_cache
@require_safe
def check_token(request: HttpRequest, token: str) -> HttpResponse:
    """Show the answer for a scanned code."""
    return _answer(request, token, shown="")


@login_not_required
@never_cache
@takes_files_of_anyone
@require_POST
def check_file(request: HttpRequest) -> HttpResponse:
    """Look at a PDF or signed data somebody was given; nothing of it is kept."""
    braking.try_check(address=address_of(request), by=A_FILE)
    sent = request.FILES.get("file")
    try:
        received = sent.incoming if isinstance(sent, SealedUpload) else None
    except FileRefused as refused:
        return _form(request, file_fault=refused.message)
    if received is None:
        return _form(request, file_fault="请先选择要核验的文件：证照的 PDF，或者签名数据（JSON）。")
    return _shown(request, lambda: verifying.answer_for_file(received.chunks()), asked="")


@login_not_required
@cache_control(private=True, immutable=True, max_age=YEAR)
@require_safe
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Draw the QR code that leads to `check_token`; it says what its address says, and nothing is looked up."""
    if not TOKEN.fullmatch(token):
        raise Http404
    address = request.build_absolute_uri(reverse("public:check_token", args=[token]))
    return HttpResponse(codes.picture(address), content_type="image/svg+xml")


def _answer(request: HttpRequest, identifier_or_token: str, *, shown: str) -> HttpResponse:
    braking.try_check(address=address_of(request))
    return _shown(request, lambda: verifying.answer(identifier_or_token), asked=shown)


def _form(request: HttpRequest, **known: str) -> HttpResponse:
    return render(request, "public/check.html", {"asked": "", "fault": "", **known}, status=422)


def _shown(request: HttpRequest, ask: Callable[[], Answer], *, asked: str) -> HttpResponse:
    """Show the answer; what could not be asked is told as just that, and never as a state."""
    try:
        answer = ask()
    except (DatabaseError, InterfaceError, NotExamined):
        log.exception("a certificate could not be checked")
        answer = verifying.unanswered()
    response = render(
        request, "public/checked.html", {"answer": answer, "asked": asked}, status=answer.status
    )
    response["X-Robots-Tag"] = "noindex"
    return response
