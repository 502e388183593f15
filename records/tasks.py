"""What beat asks of the records."""

from __future__ import annotations

from celery import shared_task

from records.proving.sealing import seal_pending


@shared_task(ignore_result=True)
def seal() -> None:
    """Seal what was committed since the last second."""
    seal_pending()
