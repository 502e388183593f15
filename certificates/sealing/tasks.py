"""Celery's entry points: each calls one function."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task

from certificates.sealing import verifying
from common import clock

log = logging.getLogger(__name__)
EVERY = timedelta(hours=25)  # once a night, with an hour to spare


@shared_task(name="certificates.sealing.tasks.verify_new")
def verify_new() -> int:
    """Hold against its signature what was entered since the night before; name what does not fit."""
    report = verifying.verify_all(since=clock.now() - EVERY)
    for identifier, fault in report.named:
        log.error("certificate %s: %s", identifier, fault)
    log.info("verified", extra={"certificates": report.checked, "faults": report.faults.total()})
    return report.faults.total()
