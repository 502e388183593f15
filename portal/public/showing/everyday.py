"""Everyday words to search by, as the matters' own packages say them."""

from __future__ import annotations

from itertools import chain, zip_longest

from matters.models import Matter

SHOWN = 5


def words() -> list[str]:
    """Return a few everyday words, from as many matters as there are."""
    rows = Matter.objects.filter(status=Matter.Status.IN_FORCE, current_edition__isnull=False).order_by(
        "code"
    )
    lists = rows.values_list("current_edition__content__everyday_words", flat=True)[:SHOWN]
    turns = chain.from_iterable(zip_longest(*lists))
    return list(dict.fromkeys(word for word in turns if word))[:SHOWN]
