"""Publishing the list of what nobody has to bring (免证办清单): numbered, dated, never changed, with what is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from accounts import actors
from accounts.models import User
from common import clock
from common.errors import DomainError
from matters.covering import listing, reading
from matters.covering.listing import Change, Content
from matters.models import FreeList
from matters.permissions import may_publish_list
from records import journal

STREAM = "free_lists"
_ONE_PUBLISHER = "SELECT pg_advisory_xact_lock(hashtext('matters.covering.publishing'))"


class NotYourList(DomainError):
    """Only an admin or a supervisor of the whole district publishes the list."""

    status = 403
    message = "免证办清单写的是全区各部门的事项，由全区的监督人员或事项管理员发布。需要发布的，请联系他们。"


class NothingToList(DomainError):
    """No matter can be applied for: an empty list would say that everything has to be brought."""

    status = 409
    message = "现在没有可以申请的事项，没有内容可以发布。请先发布事项。"


class NothingChanged(DomainError):
    """The list in force says the same."""

    status = 409
    message = "和在用的清单一样，没有变化，不用再发布。"


class ListMoved(DomainError):
    """What was looked at before publishing is no longer what would be published."""

    status = 409
    message = "您看过以后，清单的内容又有了变化，没有发布。请看清新的变化，再发布一次。"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be published now, and how that differs from the list in force."""

    content: Content
    digest: str
    changes: list[Change]
    before: FreeList | None

    @property
    def same(self) -> bool:
        """Return whether the list in force says just this."""
        return self.before is not None and self.before.digest == self.digest


def preview(*, on: date) -> Preview:
    """Return what a list published on a day would say."""
    before = reading.latest()
    content = listing.content(reading.coverages(on=on))
    changes = listing.changes(before.content if before else None, content)
    return Preview(content, listing.digest(content), changes, before)


@transaction.atomic
def publish(user: User, *, digest: str) -> FreeList:
    """Publish the list as it was looked at, its digest says which. Returns it.

    Raises NotYourList, NothingToList, ListMoved, NothingChanged.
    """
    if not may_publish_list(user):
        raise NotYourList
    with connection.cursor() as cursor:
        cursor.execute(_ONE_PUBLISHER)
    today = clock.today()
    now = preview(on=today)
    if not now.content["matters"]:
        raise NothingToList
    if now.same:
        raise NothingChanged
    if now.digest != digest:
        raise ListMoved
    published = FreeList.objects.create(
        number=now.before.number + 1 if now.before else 1,
        published_on=today,
        published_by=user,
        content=now.content,
        changes=now.changes,
        digest=now.digest,
    )
    journal.note(
        stream=STREAM,
        act="free_list.published",
        actor=actors.of_user(user),
        subject=str(published.number),
        details={"digest": published.digest, **listing.totals(now.content)},
    )
    return published
