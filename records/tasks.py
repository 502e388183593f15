"""What beat asks of the records, and the wake-up of the virus scan."""

from __future__ import annotations

import logging

import kombu.exceptions
from celery import shared_task
from django.db import transaction

from common import clock
from records.files import scanning, sweeping
from records.proving.sealing import seal_pending

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def seal() -> None:
    """Seal what was committed since the last second."""
    seal_pending()


@shared_task(ignore_result=True, name="records.tasks.scan")
def scan() -> int:
    """Scan the files that are due. The message carries no meaning but "look"."""
    return scanning.scan_due()


@shared_task(ignore_result=True, name="records.tasks.look_for_unscanned")
def look_for_unscanned() -> None:
    """Send a wake-up when files wait: a new one whose wake-up was lost, a later attempt, a re-scan."""
    if scanning.is_due(at=clock.now()):
        wake_scanner()


@shared_task(ignore_result=True, name="records.tasks.sweep_files")
def sweep_files() -> int:
    """Remove files that no row names."""
    return sweeping.sweep()


@shared_task(ignore_result=True, name="records.tasks.rescan_files")
def rescan_files() -> int:
    """Have old files scanned again with what the scanner has learned since; failed ones too."""
    return scanning.rescan(older_than=scanning.AGAIN)


def wake_scanner() -> None:
    """Send a wake-up. A broker that is down is no error: the timetable finds what waits."""
    try:
        scan.apply_async(retry=False)
    except (kombu.exceptions.OperationalError, OSError) as error:
        log.warning("no wake-up sent: %s", type(error).__name__)


def wake_scanner_on_commit() -> None:
    """Send a wake-up once the caller's transaction is committed, if there is a scanner."""
    if scanning.is_configured():
        transaction.on_commit(wake_scanner)
