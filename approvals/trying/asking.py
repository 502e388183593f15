"""Asking for a back-test, and calling it off: the verbs of a bureau's admin."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from approvals.backtesting.errors import NoSuchBackTest, NothingToHoldAgainst, NotReadable, TooMany
from approvals.models import BackTest
from approvals.states import UNDER_WAY, BackTestState
from approvals.tasks import wake_back_test
from common import clock
from matters.models import Edition, EditionDraft, Matter
from matters.permissions import may_write
from matters.writing import drafts, examining

USUAL, MOST = 200, 5_000
JUDGED_BY = ("checks", "derived", "outcome")  # parts of a package that make the verdict


def ask(user: User, *, draft_id: UUID, wanted: int = USUAL) -> BackTest:
    """Begin a back-test of a draft as it stands; one that is under way for the same words is returned.

    Raises NotYourCatalogue, DraftClosed, NothingToHoldAgainst, NotReadable, TooMany.
    """
    if not 1 <= wanted <= MOST:
        raise TooMany(f"一次最多回测 {MOST} 件，请填 1 到 {MOST} 之间的数。")
    try:
        with transaction.atomic():
            draft = drafts.locked(user, draft_id=draft_id)
            if (under_way := _under_way(draft)) is not None:
                return under_way
            return _begin(user, draft, wanted=wanted)
    except IntegrityError:  # somebody asked in the same moment
        return BackTest.objects.get(draft_id=draft_id, state__in=UNDER_WAY)


def cancel(user: User, *, test_id: UUID) -> BackTest:
    """Call a back-test off; one that has ended stays as it is. Raises NoSuchBackTest."""
    with transaction.atomic():
        test = find(user, test_id=test_id, locked=True)
        if test.state in UNDER_WAY:
            _call_off(test, BackTestState.CANCELLED)
            drafts.note(test.draft, user, act="back_test.cancelled", details={"test": str(test.pk)})
    return test


def find(user: User, *, test_id: UUID, locked: bool = False) -> BackTest:
    """Return a back-test of the user's catalogue; raises NoSuchBackTest."""
    rows = BackTest.objects.select_related("draft__department", "edition__matter", "asked_by")
    test = (rows.select_for_update(of=("self",)) if locked else rows).filter(pk=test_id).first()
    if test is None or not may_write(user, test.draft.department):
        raise NoSuchBackTest
    return test


def newest(draft: EditionDraft) -> BackTest | None:
    """Return the back-test asked for last."""
    return BackTest.objects.filter(draft=draft).select_related("edition").order_by("-asked_at", "-pk").first()


def in_force(draft: EditionDraft) -> Edition | None:
    """Return the edition in force of the draft's matter, None for a new matter."""
    rows = Matter.objects.select_related("current_edition", "next_edition")
    matter = rows.filter(code=draft.matter_code).first()
    return matter.edition_on(clock.today()) if matter is not None else None


def readable(draft: EditionDraft) -> bool:
    """Return whether past cases can be judged by a draft: whatever is wrong elsewhere, its rules have no error."""
    examined = examining.examine(draft.content)
    wrong = [one for one in examined.errors if one.path.startswith(JUDGED_BY)]
    return examined.compiled is not None and not wrong


def _under_way(draft: EditionDraft) -> BackTest | None:
    """Return what is under way for these very words; what was for others is called off."""
    test = BackTest.objects.select_for_update(of=("self",)).filter(draft=draft, state__in=UNDER_WAY).first()
    if test is None or test.revision == draft.revision:
        return test
    _call_off(test, BackTestState.OUTDATED)
    return None


def _call_off(test: BackTest, state: BackTestState) -> None:
    test.state, test.ended_at, test.lease_until = state, clock.now(), None
    test.save(update_fields=["state", "ended_at", "lease_until"])


def _begin(user: User, draft: EditionDraft, *, wanted: int) -> BackTest:
    edition = in_force(draft)
    if edition is None:
        raise NothingToHoldAgainst
    if not readable(draft):
        raise NotReadable
    test = BackTest.objects.create(
        draft=draft,
        revision=draft.revision,
        edition=edition,
        wanted=wanted,
        asked_by=user,
        asked_at=clock.now(),
    )
    drafts.note(draft, user, act="back_test.asked", details={"test": str(test.pk), "wanted": wanted})
    transaction.on_commit(partial(wake_back_test, test.pk))
    return test
