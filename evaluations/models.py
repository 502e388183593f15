"""Ratings (好差评). Nothing leads from a rating to its rater: the link is sealed in RatedCase."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from approvals.models import Application
from records.fields import EncryptedTextField


class Rating(models.Model):
    """A citizen's 1–5 with tags. It names matter and department, not the case; a date, not a time."""

    class Level(models.IntegerChoices):
        VERY_GOOD = 5, "非常满意"
        GOOD = 4, "满意"
        FAIR = 3, "基本满意"
        POOR = 2, "不满意"
        VERY_POOR = 1, "非常不满意"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    matter_code = models.CharField(max_length=33)
    edition_number = models.PositiveIntegerField()
    department_code = models.CharField(max_length=18)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    tags = models.JSONField(default=list)
    text = models.CharField(max_length=200, blank=True, default="")
    anonymous = models.BooleanField(default=False, help_text="shown without even a masked name")
    instant = models.BooleanField(help_text="whether the case was decided by the machine")
    rated_on = models.DateField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="rating_has_five_levels"),
            models.CheckConstraint(
                condition=Q(level__gte=3) | ~Q(tags=[]) | ~Q(text=""), name="poor_rating_says_why"
            ),
        ]
        indexes = [models.Index(fields=["matter_code", "rated_on"], name="rating_by_matter")]

    def __str__(self) -> str:
        return f"{self.matter_code} {self.level}"


class RatedCase(models.Model):
    """That a case has been rated: once (一事一评). The rating's id is sealed, for call-backs by others."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="rated")
    sealed_rating = EncryptedTextField()

    def __str__(self) -> str:
        return str(self.application_id)
