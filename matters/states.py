"""States of a draft of an edition, and the moves between them."""

from __future__ import annotations

from django.db import models


class DraftState(models.TextChoices):
    """From the first word to the edition; whether that is in force follows from its day."""

    WRITING = "writing", "起草中"
    CHECKED = "checked", "待复核"
    PUBLISHED = "published", "已发布"
    DROPPED = "dropped", "已放弃"


OPEN_DRAFT = (DraftState.WRITING, DraftState.CHECKED)
DRAFT_MOVES: dict[str, frozenset[str]] = {
    DraftState.WRITING: frozenset({DraftState.CHECKED, DraftState.DROPPED}),
    DraftState.CHECKED: frozenset({DraftState.WRITING, DraftState.PUBLISHED, DraftState.DROPPED}),
    DraftState.PUBLISHED: frozenset(),
    DraftState.DROPPED: frozenset(),
}
