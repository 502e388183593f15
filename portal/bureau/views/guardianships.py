"""监护核实: requests to be confirmed as guardian, for clerks and officers; nobody confirms their own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.acting import documents, guarding
from accounts.models import Guardianship
from portal.bureau import access, queueing
from portal.bureau.access import office_page
from portal.bureau.forms import TurnDownForm
from portal.bureau.views.reading import frame
from portal.web.components import uploads
from portal.web.components.uploads import Upload


@office_page
@never_cache
@require_safe
def guardianships(request: HttpRequest) -> HttpResponse:
    """Show the requests that wait, the oldest first."""
    staff = access.confirming(request)
    page = Paginator(guarding.waiting_for(staff.user), queueing.PAGE).get_page(request.GET.get("page"))
    return render(request, "bureau/guardianships.html", frame(staff) | {"page": page})


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guardianship(request: HttpRequest, guardianship_id: UUID) -> HttpResponse:
    """Show one request with the document's data; posting turns it down with a reason."""
    staff = access.confirming(request)
    found = guarding.for_staff(staff.user, guardianship_id=guardianship_id)
    form = TurnDownForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        guarding.reject(staff.user, guardianship_id=guardianship_id, reason=form.cleaned_data["reason"])
        messages.success(request, "已驳回，理由已发给申请人。")
        return redirect("bureau:guardianships")
    known = frame(staff) | {"found": found, "form": form, "files": _shown(found)}
    return render(request, "bureau/guardianship.html", known, status=422 if form.is_bound else 200)


def _shown(found: Guardianship) -> tuple[Upload, ...]:
    stored = documents.of(found)
    return uploads.files([stored] if stored else [], room="bureau", label=found.get_document_display())


@office_page
@require_POST
def confirm(request: HttpRequest, guardianship_id: UUID) -> HttpResponse:
    """Confirm that the document shows the guardianship."""
    staff = access.confirming(request)
    found = guarding.confirm(staff.user, guardianship_id=guardianship_id)
    messages.success(request, f"已确认{found.guardian.name}是{found.ward.name}的监护人，双方已收到消息。")
    return redirect("bureau:guardianships")
