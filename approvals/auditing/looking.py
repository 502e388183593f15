"""Opening the verification sheets of a case for an auditor: every judgement from its stored findings, judged again."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts import actors
from accounts.models import Post, User
from accounts.permissions import acting_as
from approvals import selectors, workflow
from approvals.auditing import purposes, replaying
from approvals.errors import NoSuchApplication
from approvals.models import Application, Decision, Judgement
from approvals.permissions import is_involved
from approvals.selectors import Sheet
from records import journal

LOOKED = "sheet_audited"


@dataclass(frozen=True, slots=True)
class Run:
    """One judgement: what was stored, and in which ways it comes out otherwise today (none: as it was)."""

    judgement: Judgement
    sheet: Sheet | None
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """A case with every run of the machine, the newest first, and the decision in force."""

    application: Application
    runs: tuple[Run, ...]
    decision: Decision | None


@transaction.atomic
def look(user: User, *, reference: str, reason: str) -> Audit:
    """Open the sheets of a case; its journal and its applicant learn that and why, and not by whom by name.

    For supervisors, of the department or of the whole district, who have no part in the case.
    Raises NoSuchApplication (unknown, or not theirs), PurposeRequired, PurposeNamesPerson.
    """
    known = Application.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if known is None:
        raise NoSuchApplication
    application = workflow.lock(known)
    if not may_audit(user, application):
        raise NoSuchApplication
    purpose = purposes.stated(reason, about=application.person)
    journal.note(
        stream=application.stream,
        act=LOOKED,
        actor=actors.of_user(user),
        subject=str(application.pk),
        event=f"监督人员因“{purpose}”查看了这件办件的核验单。",
        event_kind=LOOKED,
    )
    return _audit(application)


def look_on(user: User, *, reference: str) -> Audit:
    """Return the sheets of a case again: the page of a look that was noted, drawn anew, is not another look.

    The caller knows that this user looked a moment ago. Raises NoSuchApplication (unknown, or not theirs).
    """
    application = Application.objects.filter(reference=reference).select_related("matter", "person").first()
    if application is None or not may_audit(user, application):
        raise NoSuchApplication
    return _audit(application)


def _audit(application: Application) -> Audit:
    runs = application.judgements.select_related("edition", "application").order_by("-number")
    return Audit(application, tuple(_run(one) for one in runs), selectors.decision_of(application))


def may_audit(user: User, application: Application) -> bool:
    """Return whether the user acts as supervisor of the matter's department, or of all, and has no part in the case."""
    post = acting_as(user, Post.Role.SUPERVISOR)
    if post is None or not post.speaks_for(application.matter.department_id):
        return False
    return not is_involved(user, application)


def _run(judgement: Judgement) -> Run:
    differences = replaying.differing(judgement)
    readable = not any(words.startswith(replaying.UNREADABLE) for words in differences)
    return Run(judgement, selectors.sheet(judgement) if readable else None, differences)
