"""复核与发布: what is still to be mended, what would change, handing in, sending back, publishing for a day."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from common import clock
from matters.format.speaking import spoken
from matters.lint.problem import Problem
from matters.lint.trying import try_examples
from matters.models import EditionDraft
from matters.permissions import may_publish, wrote
from matters.publishing import AlreadyScheduled
from matters.states import OPEN_DRAFT, DraftState
from matters.writing import drafts, examining
from matters.writing import reviewing as verbs
from matters.writing.errors import (
    DraftChanged,
    DraftClosed,
    DraftHasFaults,
    NoReason,
    NotTested,
    SameAsInForce,
    WrongDay,
)
from matters.writing.examining import Examined
from portal.catalogue import access, tabs
from portal.catalogue.access import Admin, office_page
from portal.catalogue.forms import PublishForm, ReasonForm
from portal.catalogue.showing import sections
from portal.catalogue.views import history

SEEN_BY_WRITER = "起草人会看到。"


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show how far a draft is; a second person publishes it here."""
    admin = access.admin_of(request)
    draft = access.draft_of(admin, draft_id=draft_id)
    form = _publish_form(request, draft)
    if form.is_valid() and (answer := _published(request, admin, draft, form)) is not None:
        return answer
    shown = _shown(admin, draft) | {"form": form}
    return render(request, "catalogue/review.html", shown, status=422 if form.is_bound else 200)


def _published(
    request: HttpRequest, admin: Admin, draft: EditionDraft, form: PublishForm
) -> HttpResponse | None:
    """Publish and lead to the matter; where that is refused for what was filled in, say so at the field."""
    told = form.cleaned_data
    try:
        edition = verbs.publish_draft(
            admin.user, draft_id=draft.pk, revision=_revision(request), on=told["on"], reason=told["reason"]
        )
    except NoReason as error:
        form.add_error("reason", error.message)
        return None
    except (
        WrongDay,
        NotTested,
        AlreadyScheduled,
        SameAsInForce,
        DraftHasFaults,
        DraftChanged,
        DraftClosed,
    ) as error:
        form.add_error("on" if isinstance(error, WrongDay) else None, str(error))
        return None
    when = "今天起生效" if edition.begins <= clock.today() else f"{edition.begins:%Y-%m-%d} 起生效"
    messages.success(request, f"V{edition.number} 已发布，{when}。已受理的办件仍按原来的版本办理。")
    return redirect("catalogue:matter", code=draft.matter_code)


@office_page
@require_POST
def hand_in(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Give the draft to a second person."""
    admin = access.admin_of(request)
    try:
        verbs.hand_in(admin.user, draft_id=draft_id, revision=_revision(request))
    except (DraftChanged, DraftClosed) as error:
        messages.warning(request, error.message)
        return redirect("catalogue:review", draft_id=draft_id)
    messages.success(request, "已送复核。请另一位事项管理员打开这一页，复核后发布。")
    return redirect("catalogue:review", draft_id=draft_id)


@office_page
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Let the draft be written in again, with the reason; where that is refused, what was typed stays."""
    admin = access.admin_of(request)
    if request.method != "POST":
        return redirect("catalogue:review", draft_id=draft_id)
    form = ReasonForm(request.POST, prefix="back", hint=SEEN_BY_WRITER)
    if form.is_valid():
        try:
            verbs.send_back(admin.user, draft_id=draft_id, reason=form.cleaned_data["reason"])
        except DraftClosed:
            form.add_error(None, "这份草稿已经不在复核中了，刚才没有退回。您写的原因还在下面。")
        else:
            messages.success(request, "已退回，可以继续修改。")
            return redirect("catalogue:review", draft_id=draft_id)
    draft = access.draft_of(admin, draft_id=draft_id)
    shown = _shown(admin, draft) | {"form": _publish_form(request, draft, sent=False), "back": form}
    status = 422 if draft.state == DraftState.CHECKED else 409
    return render(request, "catalogue/review.html", shown, status=status)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Give the draft up, after saying what is lost; who has not written in it says why."""
    admin = access.admin_of(request)
    draft = access.draft_of(admin, draft_id=draft_id)
    if draft.state not in OPEN_DRAFT:
        return redirect("catalogue:review", draft_id=draft_id)
    own = wrote(admin.user, draft)
    told = request.POST if request.POST.get("sure") == "yes" else None
    form = ReasonForm(told, hint=SEEN_BY_WRITER, needed=not own)
    if form.is_valid():
        drafts.drop(admin.user, draft_id=draft_id, reason=form.cleaned_data["reason"])
        messages.success(request, "草稿已放弃，在用的版本不变。")
        return redirect("catalogue:matters")
    shown = _shown(admin, draft) | {"form": form, "own": own}
    return render(request, "catalogue/drop.html", shown, status=422 if form.is_bound else 200)


def _publish_form(request: HttpRequest, draft: EditionDraft, *, sent: bool = True) -> PublishForm:
    told = request.POST or None if sent else None
    start = {"on": clock.today()}
    return PublishForm(told, initial=start, hint="会记在版本记录里。", needed=verbs.needs_reason(draft))


def _revision(request: HttpRequest) -> int:
    """Return the revision the page was drawn from; anything else is none."""
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) <= access.LONGEST_NUMBER else -1


def _shown(admin: Admin, draft: EditionDraft) -> dict[str, Any]:
    examined = examining.of_draft(draft)
    bars = verbs.bars(draft, examined=examined)
    stale = [one.problem for one in examined.leftovers]
    base = history.before(draft)
    both = history.compared(history.side(base), history.draft_side(draft, examined)) if base else {}
    return {
        "admin": admin,
        "draft": draft,
        "tabs_of_draft": tabs.tabs(draft, problems=bars, here=tabs.REVIEW),
        "bars": _by_tab(draft, bars),
        "count_bars": len(bars),
        "hints": _by_tab(draft, tuple(p for p in examined.problems if p not in {*bars, *stale})),
        "leftovers": sections.leftovers(draft, examined),
        "examples": _examples(examined),
        "writers": "、".join(
            User.objects.filter(pk__in=draft.editors).order_by("pk").values_list("display_name", flat=True)
        ),
        "base": base,
        "moved_on": base is not None and draft.based_on is not None and base != draft.based_on,
        "needs_test": verbs.needs_test(draft),
        "needs_reason": verbs.needs_reason(draft),
        "tests_url": tabs.url_of(draft, "catalogue:backtests"),
        "back": ReasonForm(prefix="back", hint=SEEN_BY_WRITER),
        "may_publish": may_publish(admin.user, draft),
        "wrote": wrote(admin.user, draft),
        **both,
    }


def _examples(examined: Examined) -> tuple[int, int]:
    """Return how many examples come out as expected, and how many there are."""
    if examined.compiled is None:
        return 0, 0
    trials = try_examples(examined.compiled)
    return sum(not trial.faults for trial in trials), len(trials)


def _by_tab(draft: EditionDraft, found: tuple[Problem, ...]) -> list[tuple[str, str, list[str]]]:
    """Return (tab, its address, messages) in the order of the tabs."""
    order = [name for _, name, _ in tabs.TABS]
    labels = {name: label for label, name, _ in tabs.TABS}
    placed = sorted(((tabs.tab_of(p.path), p) for p in found), key=lambda pair: order.index(pair[0]))
    return [
        (labels[name], tabs.url_of(draft, name), [_words(draft, p) for _, p in group])
        for name, group in groupby(placed, key=lambda pair: pair[0])
    ]


def _words(draft: EditionDraft, problem: Problem) -> str:
    """Return a fault with the name of the check or example it is in."""
    part, _, rest = problem.path.partition("[")
    listed = draft.content.get(part)
    at = rest.partition("]")[0]
    if not isinstance(listed, list) or not at.isdecimal() or int(at) >= len(listed):
        return spoken(problem.message)
    name = listed[int(at)].get("name") if isinstance(listed[int(at)], dict) else None
    words = spoken(problem.message)
    return f"“{name}”：{words}" if name and str(name) not in words else words
