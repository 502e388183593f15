"""Drafts of editions: begun from what is in force, saved one change at a time, dropped."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import actors
from accounts.models import User
from common import clock
from common.identifiers import matter_code
from matters.models import Edition, EditionDraft, Matter
from matters.permissions import may_write, wrote
from matters.states import DRAFT_MOVES, OPEN_DRAFT, DraftState
from matters.writing.errors import (
    CodeTaken,
    DraftChanged,
    DraftClosed,
    DraftOfThatCode,
    DraftTooLarge,
    NameTaken,
    NotYourCatalogue,
    WrongCode,
    reason_given,
)
from matters.writing.neighbours import name_taken
from records import journal

MOST_BYTES = 1_000_000
Content = dict[str, Any]


def begin(user: User, *, matter: Matter, edition: Edition) -> EditionDraft:
    """Return the open draft of a matter, begun from an edition (the one in force, or an older one to restore).

    Raises NotYourCatalogue.
    """
    if not may_write(user, matter.department):
        raise NotYourCatalogue
    if (known := open_draft(matter.code)) is not None:
        return known
    return _begin(user, matter=matter, content=edition.content, based_on=edition)


def begin_like(user: User, *, matter: Matter, code: str, name: str) -> EditionDraft:
    """Return a draft of a new matter whose package is that of another with its own code and name.

    Examples, everyday words and legal basis are the other's until they are rewritten.
    Raises NotYourCatalogue, InvalidIdentifier, WrongCode, CodeTaken, DraftOfThatCode, NameTaken.
    """
    edition = matter.edition_on(clock.today())
    if not may_write(user, matter.department) or edition is None:
        raise NotYourCatalogue
    parts = matter_code(code)
    if parts.item or parts.body != matter.department.credit_code:
        raise WrongCode
    if Matter.objects.filter(base_code=parts.base, department=matter.department).exists():
        raise CodeTaken
    if (known := open_draft(parts.text)) is not None:
        raise DraftOfThatCode(name=known.name, writer=known.edited_by.display_name)
    if name_taken(name, department_id=matter.department_id):
        raise NameTaken
    content = deepcopy(edition.content) | {
        "code": parts.text,
        "base_code": parts.base,
        "type": parts.type,
        "name": name,
    }
    return _begin(user, matter=matter, content=content, based_on=None)


def save(user: User, *, draft_id: UUID, revision: int, change: Callable[[Content], Content]) -> EditionDraft:
    """Store what `change` makes of the content; `revision` is the one the writer read.

    Raises NotYourCatalogue, DraftClosed, DraftChanged, DraftTooLarge.
    """
    with transaction.atomic():
        draft = locked(user, draft_id=draft_id)
        if draft.state != DraftState.WRITING:
            raise DraftClosed
        if draft.revision != revision:
            raise DraftChanged
        draft.content = change(deepcopy(draft.content))
        if len(json.dumps(draft.content, ensure_ascii=False).encode()) > MOST_BYTES:
            raise DraftTooLarge
        draft.name = str(draft.content.get("name") or draft.name)[:120]
        draft.revision += 1
        sign(draft, user)
        draft.save()
        note(draft, user, act="edition_draft.saved", details={"revision": draft.revision})
    return draft


def drop(user: User, *, draft_id: UUID, reason: str = "") -> EditionDraft:
    """Give an open draft up; who has not written in it says why, and the writers read it.

    Raises NotYourCatalogue, DraftClosed, NoReason.
    """
    with transaction.atomic():
        draft = locked(user, draft_id=draft_id)
        move(draft, DraftState.DROPPED)
        said = reason_given(reason) if reason.strip() or not wrote(user, draft) else ""
        draft.returned_because = said
        draft.save(update_fields=["state", "returned_because"])
        note(draft, user, act="edition_draft.dropped")
    return draft


def note_impact(*, draft_id: UUID, revision: int, impact: Content) -> bool:
    """Keep with an open draft what a back-test of this revision found; False when it was saved again since.

    `impact`: revision, cases, flips, to_grant, to_refer, needs_reason (a second person must say why), at.
    """
    with transaction.atomic():
        rows = EditionDraft.objects.select_for_update().filter(pk=draft_id, state__in=OPEN_DRAFT)
        if (draft := rows.filter(revision=revision).first()) is None:
            return False
        draft.impact = impact | {"revision": revision}
        draft.save(update_fields=["impact"])
        counted = {key: int(impact.get(key, 0)) for key in ("cases", "flips")}
        journal.note(
            stream=f"matter:{draft.matter_code}",
            act="edition_draft.back_tested",
            actor=actors.SYSTEM,
            subject=str(draft.pk),
            details={"revision": revision, **counted},
        )
    return True


def open_draft(code: str) -> EditionDraft | None:
    """Return the draft of a matter that is being written or waits for its second person."""
    return EditionDraft.objects.filter(matter_code=code, state__in=OPEN_DRAFT).first()


def locked(user: User, *, draft_id: UUID) -> EditionDraft:
    """Return a draft of the user's catalogue, locked; raises NotYourCatalogue."""
    rows = EditionDraft.objects.select_for_update(of=("self",)).select_related("department")
    draft = rows.filter(pk=draft_id).first()
    if draft is None or not may_write(user, draft.department):
        raise NotYourCatalogue
    return draft


def move(draft: EditionDraft, state: DraftState) -> None:
    """Change the state of a locked draft as the table of moves allows; raises DraftClosed."""
    if state not in DRAFT_MOVES[draft.state]:
        raise DraftClosed
    draft.state = state


def sign(draft: EditionDraft, user: User) -> None:
    """Write down who wrote last, and that they wrote."""
    draft.edited_by, draft.edited_at = user, clock.now()
    draft.editors = sorted({*draft.editors, str(user.pk)})


def note(draft: EditionDraft, user: User, *, act: str, details: Content | None = None) -> None:
    """Prove an act on a draft in the stream of its matter."""
    journal.note(
        stream=f"matter:{draft.matter_code}",
        act=act,
        actor=actors.of_user(user),
        subject=str(draft.pk),
        details=details or {},
    )


def _begin(user: User, *, matter: Matter, content: Content, based_on: Edition | None) -> EditionDraft:
    at = clock.now()
    draft = EditionDraft(
        matter_code=content["code"],
        name=content["name"],
        department=matter.department,
        content=content,
        based_on=based_on,
        begun_by=user,
        begun_at=at,
        edited_by=user,
        edited_at=at,
        editors=[str(user.pk)],
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
            note(draft, user, act="edition_draft.begun")
    except IntegrityError:  # somebody began one in the same moment
        return EditionDraft.objects.get(matter_code=draft.matter_code, state__in=OPEN_DRAFT)
    return draft
