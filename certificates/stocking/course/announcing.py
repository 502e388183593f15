"""Who holds what came in is told so: once an import, in the portal alone; a mass import rings no telephones."""

from __future__ import annotations

import time
from uuid import UUID

from django.db import transaction

from certificates import telling
from certificates.models import Certificate, ImportBatch
from certificates.states import ImportState
from common import clock

PORTION = 2000


def tell(batch_id: UUID, *, seconds: float) -> bool:
    """Tell the holders of an import that is done, for so many seconds; return whether all are told."""
    began = time.monotonic()
    while _portion(batch_id):
        if time.monotonic() - began > seconds:
            return False
    return True


@transaction.atomic
def _portion(batch_id: UUID) -> bool:
    """Tell the next ones; return whether there may be more. How far it has come is in the same commit."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("type").get(pk=batch_id)
    if batch.state != ImportState.DONE or batch.told_at is not None:
        return False
    rows = Certificate.objects.filter(batch=batch).select_related("holder_organisation", "previous")
    rows = rows.defer("fields", "previous__fields")
    if batch.told_to is not None:
        rows = rows.filter(pk__gt=batch.told_to)  # keys are in order of time
    held, at = list(rows.order_by("pk")[:PORTION]), clock.now()
    if held:
        telling.tell_imported(held, batch, at=at)
        batch.told_to = held[-1].pk
    else:
        batch.told_at = at
    batch.save(update_fields=["told_to", "told_at"])
    return bool(held)
