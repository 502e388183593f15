"""The switch that stops deciding a matter at once (秒批停用), for every edition, until it is released."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts import actors
from accounts.models import User
from common import clock
from common.errors import DomainError
from matters.models import InstantStop, Matter
from matters.permissions import may_stop, may_write
from matters.writing.errors import NotYourCatalogue, reason_given
from records import journal

_COMMIT = timedelta(minutes=1)  # between the moment a stop names and the moment others see it


class AlreadyStopped(DomainError):
    """One open stop a matter."""

    status = 409
    message = "这个事项的秒批已经停用了。要看是谁停用的、为什么，请打开事项页。"


class NotStopped(DomainError):
    """There is nothing to release."""

    status = 409
    message = "这个事项的秒批没有停用，或者刚刚已经恢复。"


@transaction.atomic
def stop(user: User, *, matter: Matter, reason: str) -> InstantStop:
    """Let nothing of a matter be granted or recommended at once from now on, also what was submitted before.

    An admin or a supervisor, of the department or of the district. Raises NotYourCatalogue, NoReason, AlreadyStopped.
    """
    if not may_stop(user, matter.department):
        raise NotYourCatalogue
    said = reason_given(reason)
    locked = _locked(matter)
    if locked.instant_stop_id is not None:
        raise AlreadyStopped
    stopped = InstantStop.objects.create(matter=locked, reason=said, stopped_by=user, stopped_at=clock.now())
    _keep(locked, stopped)
    _note(user, locked, stopped, act="matter.instant_stopped")
    return stopped


@transaction.atomic
def release(user: User, *, matter: Matter, reason: str) -> InstantStop:
    """Let the machine decide again what it can prove; what is with a person stays there.

    An admin alone, with a reason. Raises NotYourCatalogue, NoReason, NotStopped.
    """
    if not may_write(user, matter.department):
        raise NotYourCatalogue
    said = reason_given(reason)
    locked = _locked(matter)
    stopped = InstantStop.objects.filter(matter=locked, released_at__isnull=True).first()
    if stopped is None:
        raise NotStopped
    stopped.released_by, stopped.released_at, stopped.release_reason = user, clock.now(), said
    stopped.save(update_fields=["released_by", "released_at", "release_reason"])
    _keep(locked, None)
    _note(user, locked, stopped, act="matter.instant_released")
    return stopped


def seen_at(matter: Matter, at: datetime) -> InstantStop | None:
    """Return the stop by which a case carried out at a moment went to a person."""
    stops = InstantStop.objects.filter(matter=matter, stopped_at__lte=at + _COMMIT)
    return stops.select_related("stopped_by").order_by("-stopped_at").first()


def _locked(matter: Matter) -> Matter:
    return Matter.objects.select_for_update(of=("self",)).get(pk=matter.pk)


def _keep(matter: Matter, stopped: InstantStop | None) -> None:
    """Keep the open row with the matter: who decides asks no further table."""
    matter.instant_stop = stopped
    matter.save(update_fields=["instant_stop"])


def _note(user: User, matter: Matter, stopped: InstantStop, *, act: str) -> None:
    journal.note(
        stream=f"matter:{matter.code}",
        act=act,
        actor=actors.of_user(user),
        subject=str(stopped.pk),
        details={},
    )
