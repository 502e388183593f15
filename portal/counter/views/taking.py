"""受理申请: after the holder agreed, the clerk fills in what is left and hands it in; then what has become of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.applying import confirming, taking
from approvals.applying.taking import AtWindow
from approvals.errors import Incomplete
from approvals.models import Draft
from common import clock
from matters import editions
from matters.forms import AnswerForm
from portal.counter import access, showing, taken, wording
from portal.counter.access import office_page, seated
from portal.counter.views import files
from portal.web.components.wording import local
from portal.web.drafting import filling, uploading
from portal.web.drafting.uploading import Tried
from portal.web.uploading import takes_files


def refused_in_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead who may not (go on to) take an application back to the scan, with words for the clerk.

    A second click, or the back button, is led to what was handed in.
    """

    @wraps(view)
    def told(request: HttpRequest, scan_id: UUID) -> HttpResponse:
        try:
            return view(request, scan_id)
        except wording.REFUSALS as refusal:
            if (before := _taken_before(request, scan_id)) is not None:
                return before
            messages.warning(request, wording.for_clerk(refusal))
            return redirect("counter:look", scan_id)

    return told


@office_page
@never_cache
@require_POST
@seated
@refused_in_words
def take(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """Open the application, or go on with the one the holder has begun."""
    taking.begin(_place(request, scan_id))
    return redirect("counter:form", scan_id)


@takes_files
@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@seated
@refused_in_words
def form(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """Show everything that is asked on one page; what was typed is kept whatever button was pressed.

    While it lies before the holder there is nothing to type: the page waits for the phone.
    """
    place = _place(request, scan_id)
    if request.POST.get("act") == "edit":
        confirming.take_back(place)
        return redirect("counter:form", scan_id)
    if request.method != "POST" and confirming.waiting(place.scan, at=clock.now()) is not None:
        return _waiting(request, place)
    sent = files.tried(request, place)
    draft = taking.draft_of(place)
    given = filling.known(draft, at=clock.now())
    data = request.POST if request.method == "POST" else None
    shown = filling.window_form(
        draft, given, scan_id=scan_id, data=data, correcting={request.GET.get("correct", "")}
    )
    if data is None:
        return _page(request, place, draft, shown)
    draft = _kept(place, draft, shown)
    if sent.errors:
        uploading.tell(shown, sent)
        return _again(request, place, draft, shown, status=sent.status)
    return _onward(request, place, shown, sent) or _again(request, place, draft, shown)


@office_page
@never_cache
@require_POST
@seated
def save(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """Keep what is typed so far; called by the page's script, which says what came of it."""
    try:
        place = _place(request, scan_id)
        draft = taking.draft_of(place)
    except wording.REFUSALS as refusal:
        return JsonResponse({"said": wording.for_clerk(refusal)}, status=refusal.status)
    given = filling.known(draft, at=clock.now())
    shown = filling.window_form(draft, given, scan_id=scan_id, data=request.POST)
    if shown.non_field_errors():
        return JsonResponse({"said": "没有保存：页面和事项对不上，请刷新页面"}, status=422)
    return JsonResponse({"said": _saved(_kept(place, draft, shown))})


def _saved(draft: Draft) -> str:
    return f"已保存 {local(draft.saved_at):%H:%M:%S}"


def _kept(place: AtWindow, draft: Draft, shown: AnswerForm) -> Draft:
    """Keep what could be read of the posted page; the rest is asked again."""
    kept = filling.readable(shown)
    dropped = filling.forgotten(shown, draft, kept=kept)
    return taking.keep(place, draft, answers=kept, dropped=dropped)


def _taken_before(request: HttpRequest, scan_id: UUID) -> HttpResponse | None:
    """Return the way to what was handed in under this scan, None for nothing."""
    clerk = access.clerk_of(request)
    application = taking.taken_by_scan(clerk.user, scan_id=scan_id, window=clerk.window)
    return redirect("counter:taken", application.reference) if application else None


def _onward(request: HttpRequest, place: AtWindow, shown: AnswerForm, sent: Tried) -> HttpResponse | None:
    """Return where a kept page leads, None to show it again with what is wrong."""
    here = place.scan.pk
    if (name := request.POST.get("correct")) in shown.fields:
        return redirect(f"{reverse('counter:form', args=[here])}?correct={name}#id_{name}")
    if sent.at:
        at = f"#id_{sent.at}" if sent.at in shown.fields else ""
        return redirect(f"{reverse('counter:form', args=[here])}{at}")
    if filling.asked_more(shown, shown=request.POST.get("asked")):
        return redirect("counter:form", here)
    if not shown.is_valid() or request.POST.get("act") != "submit":
        return None
    try:
        confirming.show(place)
    except Incomplete as error:
        messages.warning(request, error.message)
    return redirect("counter:form", here)


def _waiting(request: HttpRequest, place: AtWindow) -> HttpResponse:
    page = showing.page(place.scan, [], at=clock.now())
    return render(request, "counter/shown.html", {"clerk": access.clerk_of(request), "page": page})


def _again(
    request: HttpRequest, place: AtWindow, draft: Draft, shown: AnswerForm, *, status: int = 0
) -> HttpResponse:
    return _page(request, place, draft, shown, status=status or (200 if shown.is_valid() else 422))


def _page(
    request: HttpRequest, place: AtWindow, draft: Draft, shown: AnswerForm, *, status: int = 200
) -> HttpResponse:
    at = clock.now()
    known = {
        "clerk": access.clerk_of(request),
        "page": showing.page(place.scan, [], at=at),
        "draft": draft,
        "form": shown,
        "saved": _saved(draft),
        "declined": draft.declined_at is not None and draft.declined_at >= draft.saved_at,
        "promises": confirming.promises(editions.compiled(draft.edition)),
    }
    return render(request, "counter/form.html", known, status=status)


@office_page
@never_cache
@require_safe
def result(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell what became of an application one took: that it is in, its number, who goes on with it."""
    clerk = access.clerk_of(request)
    application = taking.taken(clerk.user, reference=reference)
    if application is None:
        raise Http404
    return render(request, "counter/taken.html", {"clerk": clerk, "page": taken.page(application, wait=True)})


def _place(request: HttpRequest, scan_id: UUID) -> AtWindow:
    clerk = access.clerk_of(request)
    return taking.at_window(clerk.user, scan_id=scan_id, window=clerk.window, at=clock.now())
