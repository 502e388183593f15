"""Celery's entry points for whole stores: each calls one function. A message carries no meaning but "look"."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

import kombu.exceptions
from celery import Task, shared_task
from django.db.models import Q

from certificates.models import ImportBatch, Reconciliation
from certificates.states import IMPORTING, FileOrigin, ImportState
from certificates.stocking import importing, reconciling
from certificates.stocking.course import announcing, forgetting
from certificates.stocking.files import shelving
from common import clock
from common.errors import DomainError

log = logging.getLogger(__name__)
SLICE = 20.0  # seconds: then others who wait for this queue have their turn
FORSAKEN = timedelta(seconds=90)


@shared_task(name="certificates.stocking.tasks.take")
def take(batch_id: str) -> None:
    """Go on with an import for a while; its faults are kept with it."""
    batch = ImportBatch.objects.select_related("type").get(pk=UUID(batch_id))
    if batch.state not in IMPORTING:
        return
    try:
        if not importing.run(batch, seconds=SLICE):
            wake_take(batch.pk)
        elif batch.state == ImportState.DONE:
            wake_tell(batch.pk)
    except DomainError as error:
        log.warning("import %s stopped: %s", batch.pk, type(error).__name__)


@shared_task(name="certificates.stocking.tasks.reconcile")
def reconcile(one_id: str) -> None:
    """Hold a file against the store; its faults are kept with it."""
    one = Reconciliation.objects.select_related("type").get(pk=UUID(one_id))
    if one.state not in IMPORTING:
        return
    try:
        reconciling.run(one)
    finally:
        if one.state not in IMPORTING:  # else it is begun again
            shelving.forget(one.pk, shelving.UPLOADED)


@shared_task(name="certificates.stocking.tasks.tell")
def tell(batch_id: str) -> None:
    """Tell the holders of what came in, for a while."""
    if not announcing.tell(UUID(batch_id), seconds=SLICE):
        wake_tell(UUID(batch_id))


@shared_task(name="certificates.stocking.tasks.resume")
def resume() -> int:
    """Wake what nobody works on: its message was lost, or its worker was killed."""
    before = clock.now() - FORSAKEN
    idle = Q(seen_at__isnull=True, created_at__lt=before) | Q(seen_at__lt=before)
    idle &= Q(state__in=IMPORTING) & ~Q(origin=FileOrigin.COMMAND)
    batches = list(ImportBatch.objects.filter(idle).order_by("created_at").values_list("pk", flat=True))
    for batch_id in batches:
        wake_take(batch_id)
    compared = list(Reconciliation.objects.filter(idle).order_by("created_at").values_list("pk", flat=True))
    for one_id in compared:
        wake_reconcile(one_id)
    untold = ImportBatch.objects.filter(state=ImportState.DONE, told_at__isnull=True, finished_at__lt=before)
    told = list(untold.order_by("created_at").values_list("pk", flat=True))
    for batch_id in told:
        wake_tell(batch_id)
    return len(batches) + len(compared) + len(told)


@shared_task(name="certificates.stocking.tasks.forget_old")
def forget_old() -> int:
    """Remove what is kept of imports that ended long ago."""
    return forgetting.forget_old(at=clock.now())


def wake_take(batch_id: UUID) -> None:
    """Have an import gone on with."""
    _wake(take, batch_id)


def wake_tell(batch_id: UUID) -> None:
    """Have the holders of an import told."""
    _wake(tell, batch_id)


def wake_reconcile(one_id: UUID) -> None:
    """Have a comparison made."""
    _wake(reconcile, one_id)


def _wake(task: Task[[str], None], of: UUID) -> None:
    """Send a message to a task's queue; of one that is lost the timetable finds what waits."""
    try:
        task.apply_async((str(of),), retry=False)
    except (kombu.exceptions.OperationalError, OSError) as error:
        log.warning("no wake-up sent: %s", type(error).__name__)
