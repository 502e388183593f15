"""The mark of a demo database: without it, nobody signs in by one click and no clock is shifted."""

from __future__ import annotations

from django.db import models


class DemoMark(models.Model):
    """Says that this database was made by `load_demo`; also keeps how far the demo's clock is shifted."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    marked_at = models.DateTimeField()
    shift_days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_demo_mark")]

    def __str__(self) -> str:
        return f"demo since {self.marked_at:%Y-%m-%d}"
