"""What a case tells its applicant, and who acts for them: one message an act and person, in the words of data/messages.

Which acts of a case say something, and which say nothing because the page or the next act does, is a table in
docs/reference/messages.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.acting import recipients
from accounts.models import Message
from accounts.telling import inbox
from approvals.models import Application, SupplementNotice

YOURS = "您申请的"


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told of one act: `about` is the id of the act, so that it is told once."""

    application: Application
    kind: str
    about: object
    values: Mapping[str, str] = field(default_factory=dict)


def tell(news: Sequence[News], *, at: datetime) -> None:
    """Tell the applicants of cases, and who acts for them as long as they may, in the caller's transaction."""
    told = [(one.application, _message(one, at)) for one in news]
    inbox.send(recipients.copies(told, on=at.date()))


def tell_filed(application: Application, *, at: datetime) -> None:
    """Tell an applicant that somebody filed in their name; who files themselves sees it on the page."""
    if application.agent is not None:
        inbox.send(
            [_message(News(application, "filed", application.pk, {"agent": application.agent.name}), at)]
        )


def _message(one: News, at: datetime) -> Message:
    application = one.application
    return inbox.message(
        application.person_id,
        kind=one.kind,
        occasion=f"application:{application.reference}:{one.kind}:{one.about}",
        values={"matter": application.matter.name, "whose": YOURS, **one.values},
        reference=application.reference,
        at=at,
    )


def noticed(notice: SupplementNotice) -> News:
    """Return the news of a supplement notice."""
    values = {"count": str(len(notice.items)), "due": f"{notice.due_on:%Y-%m-%d}"}
    return News(notice.application, "supplement", notice.pk, values)


def referred(application: Application, *, before: bool, stopped: bool = False) -> News:
    """Return the news that a person decides.

    `before`: one had it already, and the machine has looked again. `stopped`: nothing of the matter is granted at once
    now, so nothing is wrong with this case.
    """
    kind = "referred_again" if before else "referred_stopped" if stopped else "referred"
    # Each time it waits for the machine anew it can be referred once.
    return News(
        application, kind, application.waiting_since.isoformat(), {"until": until(application.due_on)}
    )


def until(due: date | None) -> str:
    """Return the promise a message ends with; nothing where no clock runs."""
    return f"，最晚 {due:%Y-%m-%d} 办结" if due else ""
