"""Every part of a draft as a plain form: what there is, one part, and what a posted form makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import DomainError
from matters.models import EditionDraft
from matters.sources import stored
from matters.states import DraftState
from matters.writing import examining
from matters.writing.drafts import save as save_draft
from matters.writing.errors import DraftChanged, DraftClosed
from portal.catalogue import access, tabs
from portal.catalogue.access import Admin, office_page
from portal.catalogue.builder import editing
from portal.catalogue.builder.editing import Edit, Page, Place, UnreadableJson
from portal.catalogue.showing import conflicts, explaining, listing, sections

HERE = "catalogue:parts"


@office_page
@never_cache
@require_safe
def parts(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """List the parts of a draft, each with how many faults it has."""
    admin = access.admin_of(request)
    draft = access.draft_of(admin, draft_id=draft_id)
    examined = examining.of_draft(draft)
    rows = [(section, *section.state(draft.content, examined)) for section in sections.SECTIONS]
    known = {"rows": rows, "tabs_of_draft": tabs.tabs(draft, problems=examined.problems, here=HERE)}
    return render(request, "catalogue/sections.html", {"admin": admin, "draft": draft} | known)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, draft_id: UUID, address: str) -> HttpResponse:
    """Show one part as a form; what is posted is kept as it is, faults and all, and named beside the field."""
    admin = access.admin_of(request)
    draft = access.draft_of(admin, draft_id=draft_id)
    place = editing.place_of(address, content=draft.content)
    if place is None and request.method == "POST":  # somebody took away what was written in here
        return not_saved(request, admin, draft.pk, place=None, error=DraftChanged())
    if place is None:
        raise Http404
    unread: UnreadableJson | None = None
    if request.method == "POST":
        try:
            return saved(request, admin, draft, place=place, onward=request.path)
        except UnreadableJson as error:
            unread = error
    page = replace(page_of(draft, place), quiet="saved" not in request.GET)
    back_url, back_words = _back(draft, address)
    known = {"page": page, "form": page.drawn, "problems": page.faults} | sections.around(
        draft.content, address
    )
    known |= {"only_reminders": all(one.warning for one in page.faults)}
    known |= {"back_url": back_url, "back_words": back_words, "unread": unread}
    shown = common(request, admin, draft, page) | known
    return render(request, "catalogue/part.html", shown, status=unread.status if unread else 200)


def _back(draft: EditionDraft, address: str) -> tuple[str, str]:
    """Return the list a page belongs to, and its words."""
    table = sections.table_of(address)
    if table in {"checks", "outcome"}:
        return reverse(f"catalogue:{table}", args=[draft.pk]), f"回到{listing.TABLES[table].title}"
    if table:
        return reverse("catalogue:table", args=[draft.pk, table]), f"回到{listing.TABLES[table].title}"
    return reverse(HERE, args=[draft.pk]), "回到其他内容"


def page_of(draft: EditionDraft, place: Place) -> Page:
    """Return one page of a draft with what may be chosen there."""
    sources = stored()
    examined = examining.of_draft(draft, sources=sources)
    return Page(draft.content, place, sources, examined, settings.DIVISION, explaining.notes(draft))


def common(request: HttpRequest, admin: Admin, draft: EditionDraft, page: Page) -> dict[str, Any]:
    """Return what every page of the builder shows."""
    here = tabs.tab_of(page.place.name) if page.place.name else HERE
    return {
        "admin": admin,
        "draft": draft,
        "tabs_of_draft": tabs.tabs(draft, problems=page.examined.problems, here=here),
        "at": request.GET.get("at", ""),
        "just_saved": "saved" in request.GET and draft.edited_by == admin.user,
        "open": draft.state == DraftState.WRITING,
    }


def saved(
    request: HttpRequest, admin: Admin, draft: EditionDraft, *, place: Place, onward: str, opens: bool = False
) -> HttpResponse:
    """Store a posted form and go to what its button made; what was added to a list is opened where it has a page."""
    form = posted(request)
    edit = Edit(form, place, stored(), settings.DIVISION)
    try:
        save_draft(admin.user, draft_id=draft.pk, revision=_revision(request), change=edit)
    except (DraftChanged, DraftClosed) as error:
        return not_saved(request, admin, draft.pk, place=place, error=error)
    if opens and edit.form.get("act", [""])[0].startswith("add:"):
        address = sections.address_of(edit.focus)
        return HttpResponseRedirect(reverse("catalogue:part", args=[draft.pk, address]))
    told = "saved=1"
    if edit.focus:
        told = f"{told}&at={quote(edit.focus)}#{quote(edit.focus)}"
    return HttpResponseRedirect(f"{onward}?{told}")


def not_saved(
    request: HttpRequest, admin: Admin, draft_id: UUID, *, place: Place | None, error: DomainError
) -> HttpResponse:
    """Show what was typed beside what is stored: she copies it, or saves over it knowingly."""
    draft = access.draft_of(admin, draft_id=draft_id)
    here = tabs.tab_of(place.name) if place is not None and place.name else HERE
    known = {"admin": admin, "draft": draft, "error": error, "tabs_of_draft": tabs.tabs(draft, here=here)}
    known |= conflicts.beside(draft, posted(request), place=place)
    return render(request, "catalogue/conflict.html", known, status=error.status)


def posted(request: HttpRequest) -> dict[str, list[str]]:
    """Return a posted form as the builder reads it."""
    return {name: request.POST.getlist(name) for name in request.POST}


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
