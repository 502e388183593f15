"""Finding applications whose wake-up was lost or whose worker died, and supplement notices nobody answered in time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import actors
from approvals import clock as ledger
from approvals import telling, workflow
from approvals.models import Application, SupplementNotice
from approvals.states import ApplicationState
from approvals.telling import News
from approvals.workflow import Move
from common import clock
from matters import editions

log = logging.getLogger(__name__)
BATCH = 200  # notices of one run; the next run takes the rest
LATE = "逾期没有补正，由工作人员处理"
GRACE = timedelta(seconds=3)  # a healthy worker has decided long before


def left_waiting() -> bool:
    """Return whether any application waits without a living claim."""
    at = clock.now()
    unclaimed = Q(lease_until__isnull=True, waiting_since__lt=at - GRACE) | Q(lease_until__lt=at)
    return Application.objects.filter(unclaimed, state=ApplicationState.SUBMITTED).exists()


def hand_over_late(*, limit: int = BATCH) -> int:
    """Hand cases whose notice ran out to an officer, return how many: silence is no reason to refuse or forget."""
    at = clock.now()
    ran_out = SupplementNotice.objects.filter(
        answered_at=None, due_on__lt=timezone.localdate(at), application__state=ApplicationState.SUPPLEMENTING
    )
    found = ran_out.order_by("due_on", "pk").values_list("pk", "application_id")[:limit]
    return sum(_hand_over_alone(notice, application, at) for notice, application in found)


def _hand_over_alone(notice_id: UUID, application_id: UUID, at: datetime) -> bool:
    try:
        return _hand_over(notice_id, application_id, at)
    except Exception:  # a poison row costs only itself; the next run tries it again
        log.exception("notice %s could not be handed over", notice_id)
        return False


@transaction.atomic
def _hand_over(notice_id: UUID, application_id: UUID, at: datetime) -> bool:
    """Move one case unless it was answered meanwhile; locks in the order of answering, the case first."""
    application = workflow.lock(application_id)
    open_ones = SupplementNotice.objects.select_for_update().filter(pk=notice_id, answered_at=None)
    notice = open_ones.first() if application.state == ApplicationState.SUPPLEMENTING else None
    if notice is None:
        return False
    notice.answered_at = at
    notice.save(update_fields=["answered_at"])
    committed = editions.compiled(application.edition).package.guide.committed
    ledger.go_on(application, limit=committed.workdays, at=at, reason=LATE)
    application.referral_reason = LATE
    details = {"notice": str(notice.pk)}
    workflow.advance(
        Move(
            application,
            ApplicationState.IN_REVIEW,
            actors.SYSTEM,
            "supplement_late",
            f"{LATE}。",
            details,
        ),
        at=at,
    )
    values = {"until": telling.until(application.due_on)}
    telling.tell([News(application, "supplement_late", notice.pk, values)], at=at)
    return True
