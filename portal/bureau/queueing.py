"""The officer's queue and what stands around it: rows, counts, the next case, what was decided. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from accounts.models import Post, User
from approvals import selectors
from approvals.models import Application, Decision, SupplementNotice
from approvals.states import ApplicationState
from common.identifiers import mask_name
from portal.bureau.access import Officer
from portal.bureau.due import Due, due
from portal.web.session.posts import short_words

PAGE = 50
LOOKED_AT = 200  # cases of the queue read to find the neighbours of one
BESIDE = 10  # rows of the queue shown beside a case
SHOWN = (
    "reference",
    "due_on",
    "submitted_at",
    "referral_reason",
    "matter__code",
    "matter__name",
    "person__name",
    "organisation__name",
)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case as the queue shows it: nobody's full name, no number but the last four of the reference."""

    reference: str
    name: str
    matter: str
    why: str
    due: Due

    @property
    def tail(self) -> str:
        """Return the last four of the reference, as officers call an application."""
        return self.reference[-4:]


@dataclass(frozen=True, slots=True)
class MatterCount:
    """How many cases of one matter wait."""

    code: str
    name: str
    waiting: int
    late: int
    today: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of the bar and the filters."""

    matters: tuple[MatterCount, ...]
    supplementing: int
    done_today: int

    @property
    def waiting(self) -> int:
        """Return how many cases wait for this officer."""
        return sum(one.waiting for one in self.matters)

    @property
    def late(self) -> int:
        """Return how many of them are past their due date."""
        return sum(one.late for one in self.matters)

    @property
    def today(self) -> int:
        """Return how many of them are due today."""
        return sum(one.today for one in self.matters)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another post of the officer in which cases wait."""

    post: Post
    waiting: int

    @property
    def words(self) -> str:
        """Return the post as the officer's menu names it."""
        return short_words(self.post)

    @property
    def title(self) -> str:
        """Return the sentence the empty queue says."""
        return f"您在“{self.words}”岗位还有 {self.waiting} 件待办"


@dataclass(frozen=True, slots=True)
class Beside:
    """The queue around one case, and the case after it."""

    rows: tuple[QueueRow, ...]
    following: QueueRow | None


def waiting(user: User, *, matter: str = "") -> QuerySet[Application]:
    """Return the queue with the columns its rows need; nothing encrypted is read for a list."""
    rows = selectors.queue_for(user).only(*SHOWN)
    if not matter:
        return rows
    return rows.filter(matter__code=matter) if matter.isalnum() else rows.none()


def rows(found: Sequence[Application], *, on: date) -> list[QueueRow]:
    """Return cases as rows."""
    return [
        QueueRow(
            reference=application.reference,
            name=applicant(application),
            matter=application.matter.name,
            why=application.referral_reason or "转人工办理",
            due=due(application.due_on, on=on),
        )
        for application in found
    ]


def applicant(application: Application) -> str:
    """Return the applicant's masked name: 陈*英; of a longer name of an organisation two and three characters stay."""
    if application.organisation is None:
        return mask_name(application.person.name)
    name = application.organisation.name
    return f"{name[:2]}*{name[-3:]}" if len(name) > 5 else mask_name(name)


def figures(officer: Officer, *, on: date) -> Figures:
    """Return the counts in three statements, however long the queue is."""
    waiting = selectors.queue_for(officer.user).order_by("matter__name", "matter__code")
    counted = waiting.values("matter__code", "matter__name").annotate(
        waiting=Count("pk"), late=Count("pk", filter=Q(due_on__lt=on)), today=Count("pk", filter=Q(due_on=on))
    )
    return Figures(
        matters=tuple(
            MatterCount(row["matter__code"], row["matter__name"], row["waiting"], row["late"], row["today"])
            for row in counted
        ),
        supplementing=supplementing(officer).count(),
        done_today=decided_by(officer.user).filter(decided_at__date=on).count(),
    )


def elsewhere(officer: Officer, *, others: Sequence[Post]) -> list[Elsewhere]:
    """Return in which of the officer's other posts cases wait, in one statement at most."""
    deciding = [post for post in others if post.role == Post.Role.OFFICER and post.department]
    if not deciding:
        return []
    departments = [post.department_id for post in deciding]
    found = selectors.waiting_in(officer.user, departments=departments).order_by("matter__department")
    counted = dict(found.values_list("matter__department").annotate(Count("pk")))
    return [
        Elsewhere(post, counted[post.department_id]) for post in deciding if post.department_id in counted
    ]


def supplementing(officer: Officer) -> QuerySet[Application]:
    """Return the cases of the officer's departments whose applicants have to answer first."""
    departments = [department.pk for department in officer.departments]
    asked = selectors.waiting_in(officer.user, departments=departments, state=ApplicationState.SUPPLEMENTING)
    return asked.select_related("matter", "person", "organisation").order_by("waiting_since", "pk")


def supplementing_rows(applications: Sequence[Application]) -> list[tuple[Application, str, date | None]]:
    """Return case, masked applicant and the day its notice is due."""
    open_notices = SupplementNotice.objects.filter(application__in=applications, answered_at=None)
    due = dict(open_notices.values_list("application_id", "due_on"))
    return [(application, applicant(application), due.get(application.pk)) for application in applications]


def beside(user: User, *, reference: str, on: date) -> Beside:
    """Return up to ten rows of the queue around a case, and the case after it (the first one after the last)."""
    queue = rows(list(waiting(user)[:LOOKED_AT]), on=on)
    at = next((place for place, row in enumerate(queue) if row.reference == reference), None)
    first = max(0, min((at or 0) - BESIDE // 2, len(queue) - BESIDE))
    others = [row for row in queue[(at or 0) :] + queue[: at or 0] if row.reference != reference]
    return Beside(tuple(queue[first : first + BESIDE]), others[0] if others else None)


def decided_by(user: User) -> QuerySet[Decision]:
    """Return the officer's own decisions, the newest first."""
    made = Decision.objects.filter(officer=user)
    return made.select_related("application__matter").order_by("-decided_at", "-pk")
