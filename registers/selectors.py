"""Reading the record of questions asked."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from registers.models import RegisterCall


def calls_for(references: Collection[str]) -> QuerySet[RegisterCall]:
    """Return the questions asked for these cases, with their registers, the newest first."""
    asked = RegisterCall.objects.filter(case_reference__in=references)
    return asked.select_related("register").order_by("-asked_at", "pk")
