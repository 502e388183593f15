"""存量入库: bringing a department's store in by files, watching it, what was refused; comparing a file with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.states import IMPORTING
from certificates.stocking import keeping, reconciling
from certificates.stocking.files.columns import COLUMNS, NEEDED
from common import clock
from common.errors import DomainError
from portal.store import access
from portal.store.access import Keeper, office_page
from portal.store.showing import stocking
from portal.store.showing.stocking import COMPARE, FileForm
from portal.web.components.wording import short_dt
from portal.web.uploading import SealedUpload, takes_files
from records.files.errors import FileRefused

A_PAGE, LATEST = 50, 20
NOTHING_CHOSEN = "请选择要上传的文件，或者选一个服务器上的文件。"
TWO_CHOSEN = "只能选一个文件：要么上传，要么选服务器上的。"


@takes_files
@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """List what was brought in and compared, with the form that begins one; or begin one."""
    keeper = access.keeper_of(request)
    form = FileForm(request.POST if request.method == "POST" else None, keeper=keeper)
    fault = ""
    if request.method == "POST" and form.is_valid():
        try:
            return _begun(keeper, form, _sent(request))
        except DomainError as error:
            fault = error.message
    known = {"keeper": keeper, "form": form, "fault": fault, "columns": COLUMNS.items(), "needed": NEEDED}
    known |= _lately(keeper)
    return render(request, "store/imports.html", known, status=422 if form.is_bound else 200)


def _sent(request: HttpRequest) -> Callable[[], Iterator[bytes]] | None:
    """Return what gives the uploaded file, again and again. Raises FileRefused."""
    sent = request.FILES.get("file")
    return sent.incoming.chunks if isinstance(sent, SealedUpload) else None


def _begun(keeper: Keeper, form: FileForm, sent: Callable[[], Iterator[bytes]] | None) -> HttpResponse:
    given = form.cleaned_data
    name = given.get("name", "")
    if sent is None and not name:
        raise FileRefused(NOTHING_CHOSEN)
    if sent is not None and name:
        raise FileRefused(TWO_CHOSEN)
    told = name or f"{short_dt(clock.now())} 上传的文件"
    if given["act"] == COMPARE:
        one = keeping.compare(keeper.user, kind=given["type"], name=told, content=sent)
        return redirect("store:comparison", comparison_id=one.pk)
    if sent is None:
        batch = keeping.choose(keeper.user, kind=given["type"], name=name)
    else:
        batch = keeping.receive(keeper.user, kind=given["type"], name=told, content=sent)
    return redirect("store:import", batch_id=batch.pk)


def _lately(keeper: Keeper) -> dict[str, Any]:
    batches = keeping.imports_of(keeper.department)[:LATEST]
    comparisons = keeping.comparisons_of(keeper.department)[:LATEST]
    return {
        "imports": [stocking.import_line(one) for one in batches],
        "comparisons": [stocking.comparison_line(one) for one in comparisons],
    }


@office_page
@never_cache
@require_safe
def one_import(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Show how far an import has come, or what came of it."""
    keeper = access.keeper_of(request)
    batch = get_object_or_404(keeping.imports_of(keeper.department), pk=batch_id)
    known = {"keeper": keeper, "batch": batch, "shown": stocking.shown(batch, user=keeper.user)}
    return render(request, "store/import.html", known)


@office_page
@require_POST
def go_on(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Go on with an import that stopped."""
    keeper = access.keeper_of(request)
    batch = keeping.go_on(keeper.user, batch_id=batch_id)
    return redirect("store:import", batch_id=batch.pk)


@office_page
@require_POST
def release(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Let a file come in that a colleague began."""
    batch = keeping.release(access.keeper_of(request).user, batch_id=batch_id)
    return redirect("store:import", batch_id=batch.pk)


@office_page
@require_POST
def drop(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Stop an import."""
    batch = keeping.drop(access.keeper_of(request).user, batch_id=batch_id)
    return redirect("store:import", batch_id=batch.pk)


@office_page
@require_POST
def drop_comparison(request: HttpRequest, comparison_id: UUID) -> HttpResponse:
    """Stop a comparison."""
    one = keeping.drop_comparison(access.keeper_of(request).user, comparison_id=comparison_id)
    return redirect("store:comparison", comparison_id=one.pk)


@office_page
@never_cache
@require_safe
def refused(request: HttpRequest, batch_id: UUID) -> HttpResponseBase:
    """Hand out the rows that were not taken, with line and reason."""
    keeper = access.keeper_of(request)
    lines = keeping.refused(keeper.user, batch_id=batch_id)
    return _file(lines, name=f"refused-{batch_id}.csv")


@office_page
@never_cache
@require_safe
def comparison(request: HttpRequest, comparison_id: UUID) -> HttpResponse:
    """Show what a file and the store do not agree on."""
    keeper = access.keeper_of(request)
    one = get_object_or_404(keeping.comparisons_of(keeper.department), pk=comparison_id)
    page = Paginator(stocking.differences(one), A_PAGE).get_page(request.GET.get("page"))
    line = stocking.comparison_line(one)
    known = {"keeper": keeper, "one": one, "line": line, "page": page, "counts": stocking.counts(one)}
    known["under_way"] = one.state in IMPORTING
    return render(request, "store/comparison.html", known)


@office_page
@never_cache
@require_safe
def comparison_json(request: HttpRequest, comparison_id: UUID) -> HttpResponse:
    """Hand out a report for programs."""
    keeper = access.keeper_of(request)
    one = get_object_or_404(keeping.comparisons_of(keeper.department), pk=comparison_id)
    return JsonResponse(one.report, json_dumps_params={"ensure_ascii": False})


@office_page
@never_cache
@require_safe
def comparison_csv(request: HttpRequest, comparison_id: UUID) -> HttpResponseBase:
    """Hand out a report as a table."""
    keeper = access.keeper_of(request)
    one = get_object_or_404(keeping.comparisons_of(keeper.department), pk=comparison_id)
    return _file(reconciling.as_csv(one.report), name=f"comparison-{one.pk}.csv")


def _file(lines: Iterator[str], *, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(_marked(lines), content_type="text/csv; charset=utf-8", headers=headers)


def _marked(lines: Iterator[str]) -> Iterator[str]:
    yield "\ufeff"  # by which spreadsheets know UTF-8
    yield from lines
