"""版本: two editions beside each other, a draft beside what is in force, and taking back what waits for its day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common import clock
from matters import editions
from matters.models import Edition, EditionDraft, Matter
from matters.sources import type_names
from matters.writing import comparing, examining, reviewing
from matters.writing.comparing import Side
from matters.writing.examining import Examined
from portal.catalogue import access, tabs
from portal.catalogue.access import Admin, office_page
from portal.catalogue.forms import ReasonForm


@office_page
@never_cache
@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Show two editions of a matter beside each other: those named, else the last two."""
    admin = access.reader_of(request)
    found = access.matter_of(admin, code=code)
    numbers = list(Edition.objects.filter(matter=found).order_by("number").values_list("number", flat=True))
    last = [str(number) for number in numbers[-2:]] or [""]
    old = access.edition_of(found, number=request.GET.get("from", last[0]))
    new = access.edition_of(found, number=request.GET.get("to", last[-1]))
    if old is None or new is None:
        return redirect("catalogue:matter", code=code)
    known = {"admin": admin, "matter": found, "numbers": numbers, "old": old, "new": new}
    return render(request, "catalogue/compare.html", known | compared(side(old), side(new)))


@office_page
@never_cache
@require_safe
def compare_draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show a draft beside the edition in force."""
    admin = access.admin_of(request)
    draft = access.draft_of(admin, draft_id=draft_id)
    examined = examining.examine(draft.content)
    base = before(draft)
    known = {
        "admin": admin,
        "draft": draft,
        "base": base,
        "tabs_of_draft": tabs.tabs(draft, problems=examined.problems, here="catalogue:compare_draft"),
    }
    both = compared(side(base), draft_side(draft, examined)) if base is not None else {}
    return render(request, "catalogue/compare_draft.html", known | both)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call_off(request: HttpRequest, code: str) -> HttpResponse:
    """Take back the edition that waits for its day, with the reason."""
    admin = access.admin_of(request)
    found = access.matter_of(admin, code=code)
    form = ReasonForm(request.POST or None, hint="会记在版本记录里。")
    if not form.is_valid():
        return asked(request, "catalogue/call_off.html", admin, found, form)
    reviewing.call_off(admin.user, matter=found, reason=form.cleaned_data["reason"])
    messages.success(request, "已撤回。在用的版本不变；要改了再发，可以从这个版本起草。")
    return redirect("catalogue:matter", code=code)


def asked(request: HttpRequest, template: str, admin: Admin, matter: Matter, form: Any) -> HttpResponse:
    """Show a page that asks for a reason, again with what is wrong after it was sent."""
    known = {"admin": admin, "matter": matter, "form": form}
    return render(request, template, known, status=422 if form.is_bound else 200)


def before(draft: EditionDraft) -> Edition | None:
    """Return what a draft would take the place of: the edition in force, else what it was begun from."""
    matter = Matter.objects.filter(code=draft.matter_code).first()
    return (matter.edition_on(clock.today()) if matter else None) or draft.based_on


def side(edition: Edition) -> Side:
    """Return an edition as one side of a comparison."""
    return Side(f"V{edition.number}", edition.content, editions.compiled(edition).vocabulary)


def draft_side(draft: EditionDraft, examined: Examined) -> Side:
    """Return a draft as one side of a comparison, however far it is written."""
    vocabulary = examined.compiled.vocabulary if examined.compiled else None
    return Side("草稿", draft.content, vocabulary)


def compared(old: Side, new: Side) -> dict[str, Any]:
    """Return what the template shows of two sides."""
    sections = comparing.compare(old, new, types=type_names())
    return {
        "sections": [section for section in sections if section.changes],
        "count": comparing.counted(sections),
        "old_title": old.title,
        "new_title": new.title,
    }
