"""填写、核对、提交: the pages of a draft. Every answer that can be read is kept, whatever button was pressed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.acting.principals import Principal
from approvals import selectors
from approvals.applying import drafting, submission
from approvals.errors import Incomplete, NoSuchDraft
from approvals.models import Draft
from certificates.states import AuthorisationStatus
from common import clock
from matters.forms import AnswerForm
from portal.citizen import finding
from portal.citizen.showing import answers as showing
from portal.citizen.showing.steps import STEPS
from portal.citizen.views.consenting import onward
from portal.web import unsaved
from portal.web.components.wording import local
from portal.web.drafting import filling, uploading
from portal.web.drafting.filling import Known
from portal.web.drafting.uploading import Tried
from portal.web.uploading import takes_files

Mine = tuple[Principal, Draft]


def on_own_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the draft; one that was submitted meanwhile (back button, second window) leads to its case."""

    @wraps(view)
    def found(request: HttpRequest, reference: str, **address: int) -> HttpResponse:
        try:
            mine = finding.draft(request, reference=reference)
        except NoSuchDraft:
            if not finding.is_submitted(request, reference=reference):
                raise
            messages.info(request, "这份申请已经交上来了，不用再交一次。下面是办理情况。")
            return redirect("citizen:application", reference)
        return view(request, mine, **address)

    return found


@require_safe
@on_own_draft
def draft(request: HttpRequest, mine: Mine) -> HttpResponse:
    """Go on with a draft where something is still missing."""
    return onward(mine[1])


@takes_files
@unsaved.given_back()
@require_http_methods(["GET", "HEAD", "POST"])
@on_own_draft
def questions(request: HttpRequest, mine: Mine, page: int) -> HttpResponse:
    """Show a question page (from 1), or keep its answers and go on."""
    principal, draft = mine
    files = uploading.tried(request, principal, reference=draft.reference)
    if files.changed:
        draft = selectors.own_draft(principal, reference=draft.reference)
    given = filling.known(draft, at=clock.now())
    if not 1 <= page <= len(given.compiled.pages):
        raise Http404
    # What was posted after the session had ended comes back once, after signing in again.
    data = request.POST if request.method == "POST" else _given_back(request, draft, page)
    correcting = {request.GET.get("correct", "")}
    if data is not None and request.method != "POST":
        messages.info(request, "刚才填的内容放回来了，还没有保存。请核对后按“保存并继续”。")
    form = filling.page_form(draft, given, page=page - 1, data=data, correcting=correcting)
    if request.method == "POST":
        draft = filling.keep(principal, draft, form)
        if files.errors:
            uploading.tell(form, files)
        elif answer := _stay(request, draft, form, page, files) or _leave(request, draft, form, page):
            return answer
        given = filling.known(draft, at=clock.now())  # what was kept may have changed the situation
    known = _page(principal, draft, given, form, page)
    status = (files.status or 422) if request.method == "POST" else 200
    return render(request, "citizen/questions.html", known, status=status)


def _given_back(request: HttpRequest, draft: Draft, page: int) -> QueryDict | None:
    """Return what was sent to this page, or saved from it as one typed, when the session had ended."""
    typed = reverse("citizen:save", args=[draft.reference, page])
    return unsaved.take(request) or unsaved.take(request, path=typed)


def _stay(
    request: HttpRequest, draft: Draft, form: AnswerForm, page: int, files: Tried
) -> HttpResponse | None:
    """Return to the question whose file was uploaded, removed or turned by its button; None for other buttons."""
    if not files.at:
        return None
    address = reverse("citizen:questions", args=[draft.reference, page])
    where = f"#id_{files.at}" if files.at in form.fields else ""
    return redirect(f"{address}?{_query(request)}{where}")


def _leave(request: HttpRequest, draft: Draft, form: AnswerForm, page: int) -> HttpResponse | None:
    """Return where a posted page leads, or None to show it again with its errors."""
    if (name := request.POST.get("correct")) in form.fields:
        address = reverse("citizen:questions", args=[draft.reference, page])
        return redirect(f"{address}?{_query(request)}correct={name}#id_{name}")
    if request.POST.get("act") == "leave" and not form.non_field_errors():
        messages.success(request, "草稿已保存。想好了再回来，从这里接着填。")
        return redirect("citizen:applications")
    if more := filling.asked_more(form, shown=request.POST.get("asked")):
        messages.info(request, f"按您的选择，还要再回答 {len(more)} 个问题，就在下面。")
        address = reverse("citizen:questions", args=[draft.reference, page])
        return redirect(f"{address}?{_query(request)}#id_{more[0]}")
    if not form.is_valid():
        return None
    later = [number for number in filling.known(draft, at=clock.now()).asked_pages if number >= page]
    if request.GET.get("back") == "check" or not later:
        return redirect("citizen:review", draft.reference)
    return redirect("citizen:questions", draft.reference, later[0] + 1)


def _query(request: HttpRequest) -> str:
    return "back=check&" if request.GET.get("back") == "check" else ""


def _page(principal: Principal, draft: Draft, given: Known, form: AnswerForm, page: int) -> dict[str, object]:
    asked = given.asked_pages
    return {
        "principal": principal,
        "draft": draft,
        "form": form,
        "number": page,
        "asked": given.compiled.pages[page - 1],
        "hint": showing.hint(draft, given, given.compiled.pages[page - 1]),
        "several": len(asked) > 1,
        "position": asked.index(page - 1) + 1 if page - 1 in asked else page,
        "total": len(asked),
        "before": max((number + 1 for number in asked if number < page - 1), default=0),
        "materials": showing.materials(draft, given, principal=principal),
        "saved": f"已于 {local(draft.saved_at):%H:%M} 保存",
        "steps": STEPS,
    }


@unsaved.given_back(page="citizen:questions")
@require_POST
@on_own_draft
def save(request: HttpRequest, mine: Mine, page: int) -> HttpResponse:
    """Keep what is typed so far; called by the page's script."""
    principal, draft = mine
    given = filling.known(draft, at=clock.now())
    if not 1 <= page <= len(given.compiled.pages):
        raise Http404
    form = filling.page_form(draft, given, page=page - 1, data=request.POST)
    draft = filling.keep(principal, draft, form)
    refused = bool(form.non_field_errors())
    return JsonResponse({"saved_at": f"{local(draft.saved_at):%H:%M}"}, status=422 if refused else 200)


@require_safe
@on_own_draft
def review(request: HttpRequest, mine: Mine) -> HttpResponse:
    """Show everything that would be submitted, each with its source and the way to change it."""
    principal, draft = mine
    given = filling.known(draft, at=clock.now())
    known = {
        "principal": principal,
        "draft": draft,
        "sections": showing.sections(draft, given),
        "materials": showing.materials(draft, given, principal=principal),
        "files": uploading.grouped(given.compiled, draft),
        "refused": draft.authorisation.status != AuthorisationStatus.GRANTED,
        "guide": given.compiled.package.guide,
        "key": uuid.uuid4(),
        "last_page": max(given.asked_pages, default=0) + 1,
        "steps": STEPS,
    }
    return render(request, "citizen/review.html", known)


@require_POST
@on_own_draft
def submit(request: HttpRequest, mine: Mine) -> HttpResponse:
    """Submit; the key was made with the page, so that a second click finds the first one's case."""
    principal, draft = mine
    key = request.POST.get("key", "")[:64] or draft.reference
    try:
        application = submission.submit(principal, reference=draft.reference, key=key, seen=draft)
    except Incomplete as error:
        messages.warning(request, error.message)
        return redirect("citizen:questions", draft.reference, error.page + 1)
    return redirect("citizen:application", application.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@on_own_draft
def discard(request: HttpRequest, mine: Mine) -> HttpResponse:
    """Ask once, then throw the draft away."""
    principal, draft = mine
    if request.method != "POST":
        return render(request, "citizen/discard.html", {"draft": draft})
    drafting.discard(principal, reference=draft.reference)
    messages.success(request, f"“{draft.matter.name}”的草稿已删除，这次的用证授权也结束了。")
    return redirect("citizen:applications")
