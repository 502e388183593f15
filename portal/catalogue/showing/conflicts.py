"""What was typed into a draft that somebody saved meanwhile: beside what is stored, and as it was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from matters.models import EditionDraft
from matters.sources import stored, type_names
from matters.states import DraftState
from matters.writing import comparing, examining
from matters.writing.comparing import Side
from portal.catalogue.builder.editing import Edit, Place

Form = Mapping[str, Sequence[str]]
_OURS = frozenset({"csrfmiddlewaretoken", "revision", "act", "sure"})
_MARKS = (
    ":n",
    ":kind",
    ":was",
    ":op",
    ":fact",
    ":amount",
    ":against",
    ":which",
    ":shown",
    ":listed",
    ":other",
)


def beside(draft: EditionDraft, form: Form, *, place: Place | None) -> dict[str, Any]:
    """Return both sides in words, the texts that were sent, and the fields that would save them."""
    known: dict[str, Any] = {"typed": typed(form), "gone": place is None}
    if place is None or (not place.name and place.only is None):  # taken away meanwhile, or a list's button
        return known
    mine = Edit(dict(form) | {"act": ["save"]}, place, stored(), settings.DIVISION)(draft.content)
    compiled = examining.examine(draft.content).compiled
    vocabulary = compiled.vocabulary if compiled else None
    sides = Side("现在存着的", draft.content, vocabulary), Side("您写的", mine, vocabulary)
    return known | {
        "sections": [one for one in comparing.compare(*sides, types=type_names()) if one.changes],
        "old_title": sides[0].title,
        "new_title": sides[1].title,
        "same": mine == draft.content,
        "fields": list(_fields(form)) if draft.state == DraftState.WRITING else [],
    }


def typed(form: Form) -> list[str]:
    """Return the texts of a posted form without what only the form itself needs."""
    names = [name for name in form if name not in _OURS and not name.endswith(_MARKS)]
    texts = [text.strip() for name in names for text in form[name]]
    return list(dict.fromkeys(text for text in texts if len(text) > 1))


def _fields(form: Form) -> Iterator[tuple[str, str]]:
    for name, texts in form.items():
        if name not in _OURS:
            yield from ((name, text) for text in texts)
