"""Moving the demo's clock: forward by days, and back to now."""

from __future__ import annotations

from django.db import transaction

from common.errors import DomainError
from portal.demo import shifted
from portal.demo.marking import NotADemoDatabase
from portal.demo.models import DemoMark

FURTHEST = 730  # days; the calendar says less and less beyond


class TooFar(DomainError):
    """The clock moves forward only: going back would undo the order of what was recorded."""

    status = 422
    message = f"演示时钟只能往后拨，最多比今天晚 {FURTHEST} 天。要回到今天，请点“回到今天”。"


@transaction.atomic
def shift(by: int) -> int:
    """Move the clock forward by days and return how far it is ahead. Raises NotADemoDatabase, TooFar."""
    mark = _locked()
    if by < 1 or mark.shift_days + by > FURTHEST:
        raise TooFar
    return _keep(mark, mark.shift_days + by)


@transaction.atomic
def back_to_now() -> None:
    """Return to the machine's time. Raises NotADemoDatabase."""
    _keep(_locked(), 0)


def _locked() -> DemoMark:
    mark = DemoMark.objects.select_for_update().first()
    if mark is None:
        raise NotADemoDatabase
    return mark


def _keep(mark: DemoMark, days: int) -> int:
    mark.shift_days = days
    mark.save(update_fields=["shift_days"])
    transaction.on_commit(lambda: shifted.tell(days))
    return days
