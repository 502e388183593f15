"""办件: the result page in every state, its polling fragment, the paper, and the rating."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import actors
from accounts.acting.principals import Principal
from approvals import selectors
from approvals.deciding import announcing
from approvals.handing import letters
from approvals.models import Application
from approvals.states import ApplicationState
from common import clock
from evaluations import rating
from evaluations.models import Rating
from evaluations.rating import InvalidRating
from portal.citizen import finding
from portal.citizen.showing import opening
from portal.citizen.showing.opening import RatingTry
from portal.web import serving, unsaved

LEVELS = {
    str(level): level for level in Rating.Level.values
}  # what the form sends; never a number of any length
FRESH = timedelta(seconds=10)  # a case that has waited longer is not waited for here: the page polls


@never_cache
@require_safe
def application(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the result; just after submission wait a moment for it."""
    principal, found = finding.application(request, reference=reference)
    given = unsaved.take(request, path=reverse("citizen:rate", args=[reference]))
    if given is not None:
        messages.info(request, "刚才写的评价放回来了，还没有提交。请核对后按“提交评价”。")
    return _page(request, principal, _awaited(principal, found), _sent(given) if given else RatingTry())


def _awaited(principal: Principal, found: Application) -> Application:
    """Return the case after the machine had its moment; the database says what came of it, not the wake-up."""
    if found.state != ApplicationState.SUBMITTED or clock.now() - found.waiting_since > FRESH:
        return found
    announcing.wait(found.reference, seconds=settings.INSTANT_WAIT_SECONDS)
    return selectors.look_again(found)


def _page(
    request: HttpRequest, principal: Principal, found: Application, attempt: RatingTry, *, status: int = 200
) -> HttpResponse:
    shown = opening.opened(request, principal, found, attempt)
    return render(request, shown.template, {"shown": shown, "levels": opening.levels()}, status=status)


@never_cache
@require_safe
def progress(request: HttpRequest, reference: str) -> HttpResponse:
    """Return the waiting part alone; the page's script swaps it, and reloads once the case has moved."""
    if not request.headers.get("X-Requested-With"):
        return redirect("citizen:application", reference)
    _, found = finding.application(request, reference=reference)
    busy = clock.now() - found.waiting_since > opening.BUSY_AFTER
    waits = found.state == ApplicationState.SUBMITTED
    return render(request, "citizen/progress.html", {"application": found, "busy": busy, "waits": waits})


@never_cache
@require_safe
def paper(request: HttpRequest, reference: str) -> HttpResponse:
    """Show decision and verification sheet as one paper, A4."""
    principal, found = finding.application(request, reference=reference)
    shown = opening.opened(request, principal, found, RatingTry())
    return render(request, "citizen/paper.html", {"shown": shown})


@never_cache
@require_safe
def decision_paper(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the decision on one's own case as a sealed paper."""
    principal, found = finding.application(request, reference=reference)
    letter = letters.decision(found, actor=actors.of_person(principal.acting), at=clock.now())
    return serving.paper(letter.content, name=letter.name)


@never_cache
@require_safe
def notice_paper(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the notice of what is to be supplied in one's own case as a sealed paper."""
    principal, found = finding.application(request, reference=reference)
    letter = letters.notice(found, actor=actors.of_person(principal.acting), at=clock.now())
    return serving.paper(letter.content, name=letter.name)


@unsaved.given_back(page="citizen:application")
@require_POST
def rate(request: HttpRequest, reference: str) -> HttpResponse:
    """Rate once; what is missing is said on the same page, and nothing of it is lost."""
    principal, found = finding.application(request, reference=reference)
    sent = _sent(request.POST)
    try:
        _rate(principal, found, sent)
    except InvalidRating as error:
        again = RatingTry(sent.chosen, sent.tags, sent.comment, sent.anonymous, error.message)
        return _page(request, principal, found, again, status=error.status)
    messages.success(request, "评价已收到，谢谢您。")
    return redirect(reverse("citizen:application", args=[reference]) + "#rating")


def _sent(data: QueryDict) -> RatingTry:
    level = data.get("level", "")
    return RatingTry(
        chosen=level,
        tags=tuple(data.getlist(f"tags_{level}")),
        comment=data.get("comment", ""),
        anonymous="anonymous" in data,
    )


def _rate(principal: Principal, found: Application, sent: RatingTry) -> None:
    rating.rate(
        principal,
        application=found,
        given=rating.Given(
            level=LEVELS.get(sent.chosen, 0),
            tags=sent.tags,
            text=sent.comment,
            anonymous=sent.anonymous,
        ),
    )
