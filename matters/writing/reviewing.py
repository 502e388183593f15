"""From a draft to an edition: handed in, looked at by a second person, published for a day, called off before it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from accounts import actors, identifying
from accounts.models import User
from common import clock
from matters import publishing
from matters.lint.problem import Problem
from matters.models import CallOff, Edition, EditionDraft, Matter
from matters.permissions import may_publish, may_write
from matters.states import DraftState
from matters.writing import drafts, examining
from matters.writing.errors import (
    DraftChanged,
    DraftClosed,
    DraftHasFaults,
    NothingToCallOff,
    NotTested,
    NotYourCatalogue,
    SameAsInForce,
    SecondPersonNeeded,
    WrongDay,
    reason_given,
)
from matters.writing.examining import Examined
from records import journal

FURTHEST_DAYS = 366


@transaction.atomic
def hand_in(user: User, *, draft_id: UUID, revision: int) -> EditionDraft:
    """Give a draft to a second person, as it was read; nothing more is written in it.

    Raises NotYourCatalogue, DraftClosed, DraftChanged, DraftHasFaults.
    """
    draft = drafts.locked(user, draft_id=draft_id)
    drafts.move(draft, DraftState.CHECKED)
    _require_revision(draft, revision)
    _require_faultless(draft)
    draft.editors = sorted({*draft.editors, str(user.pk)})
    draft.checked_by, draft.checked_at, draft.returned_because = user, clock.now(), ""
    draft.save(update_fields=["state", "editors", "checked_by", "checked_at", "returned_because"])
    drafts.note(draft, user, act="edition_draft.handed_in", details={"revision": draft.revision})
    return draft


@transaction.atomic
def send_back(user: User, *, draft_id: UUID, reason: str) -> EditionDraft:
    """Let a draft be written in again; raises NotYourCatalogue, DraftClosed, NoReason."""
    said = reason_given(reason)
    draft = drafts.locked(user, draft_id=draft_id)
    if draft.state != DraftState.CHECKED:
        raise DraftClosed
    drafts.move(draft, DraftState.WRITING)
    draft.checked_by, draft.checked_at, draft.returned_because = None, None, said
    draft.save(update_fields=["state", "checked_by", "checked_at", "returned_because"])
    drafts.note(draft, user, act="edition_draft.sent_back")
    return draft


@transaction.atomic
def publish_draft(user: User, *, draft_id: UUID, revision: int, on: date, reason: str = "") -> Edition:
    """Make a draft the next edition of its matter, in force from a day; by somebody who wrote nothing in it.

    Raises NotYourCatalogue, DraftClosed, DraftChanged, SecondPersonNeeded, WrongDay, NotTested, NoReason,
    DraftHasFaults, SameAsInForce, publishing.AlreadyScheduled, UnknownIdentity.
    """
    at = clock.now()
    draft = drafts.locked(user, draft_id=draft_id)
    drafts.move(draft, DraftState.PUBLISHED)
    _require_revision(draft, revision)
    identifying.required(user)
    if not may_publish(user, draft):
        raise SecondPersonNeeded
    if not 0 <= (on - at.date()).days <= FURTHEST_DAYS:
        raise WrongDay
    said = _reason(draft, reason)
    _require_faultless(draft)
    before = Matter.objects.filter(code=draft.matter_code).first()
    edition = publishing.publish(draft.content, by=actors.of_user(user), at=at, on=on)
    if before is not None and before.edition_id_on(at.date()) == edition.pk:
        raise SameAsInForce
    draft.published_by, draft.published_at, draft.publish_reason, draft.edition = user, at, said, edition
    draft.save(update_fields=["state", "published_by", "published_at", "publish_reason", "edition"])
    drafts.note(draft, user, act="edition_draft.published", details={"number": edition.number})
    return edition


@transaction.atomic
def call_off(user: User, *, matter: Matter, reason: str) -> CallOff:
    """Take back the edition that waits for its day; raises NotYourCatalogue, NoReason, NothingToCallOff."""
    if not may_write(user, matter.department):
        raise NotYourCatalogue
    said = reason_given(reason)
    locked = Matter.objects.select_for_update(of=("self",)).select_related("next_edition").get(pk=matter.pk)
    edition = locked.next_edition
    if edition is None or edition == locked.edition_on(clock.today()):
        raise NothingToCallOff
    locked.next_edition, locked.next_from = None, None
    locked.save(update_fields=["next_edition", "next_from"])
    journal.note(
        stream=f"matter:{locked.code}",
        act="matter.called_off",
        actor=actors.of_user(user),
        subject=str(edition.pk),
        details={"number": edition.number},
    )
    return CallOff.objects.create(edition=edition, by=user, at=clock.now(), reason=said)


def bars(draft: EditionDraft, *, examined: Examined | None = None) -> tuple[Problem, ...]:
    """Return what must be mended before a draft is handed in or published: it also stays the matter it was begun as."""
    found = examined or examining.of_draft(draft)
    same = {"code": draft.matter_code, "department": draft.department.credit_code}
    moved = [
        Problem(name, "这里要和起草时一样；要写别的事项，请另起一份草稿")
        for name, value in same.items()
        if draft.content.get(name) != value
    ]
    return (*examining.bars(found), *moved)


def needs_test(draft: EditionDraft) -> bool:
    """Return whether this revision must still be tried on past cases: where an edition went before, there are some."""
    return draft.based_on_id is not None and (draft.impact or {}).get("revision") != draft.revision


def needs_reason(draft: EditionDraft) -> bool:
    """Return whether so many past cases would come out otherwise that the second person must say why."""
    return bool((draft.impact or {}).get("needs_reason"))


def _reason(draft: EditionDraft, reason: str) -> str:
    if needs_test(draft):
        raise NotTested
    return reason_given(reason) if needs_reason(draft) or reason.strip() else ""


def _require_revision(draft: EditionDraft, revision: int) -> None:
    if draft.revision != revision:
        raise DraftChanged


def _require_faultless(draft: EditionDraft) -> None:
    """Examine what is written against what exists now: a source may have changed since."""
    if faults := bars(draft):
        raise DraftHasFaults(len(faults))
