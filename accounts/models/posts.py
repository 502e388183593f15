"""Posts (岗位): what a user may do follows from these, never from a flag."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from accounts.models.people import User
from accounts.models.places import Department, Hall, Region


class Post(models.Model):
    """A role held in a department, a hall or a town from a day to a day; one user can hold several."""

    class Role(models.TextChoices):
        CLERK = "clerk", "窗口人员"
        OFFICER = "officer", "审批人员"
        ADMIN = "admin", "事项管理员"
        KEEPER = "keeper", "证照管理员"
        SUPERVISOR = "supervisor", "监督人员"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=16, choices=Role.choices)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    town = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    handed_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="taken_over_from"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "department", "hall", "town"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="one_open_post",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                # the day before it begins: taken away on its first day
                | Q(
                    valid_to__gte=ExpressionWrapper(
                        F("valid_from") - timedelta(days=1), output_field=models.DateField()
                    )
                ),
                name="post_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    @property
    def body_code(self) -> str:
        """Return the code of the body it belongs to, which is nobody else's and stays: names change; empty for none."""
        if self.department is not None:
            return self.department.credit_code
        return self.hall_id or self.town_id or ""

    @property
    def whole_district(self) -> bool:
        """Return whether it is held for the whole district, not for one department, hall or town."""
        return self.department_id is None and self.hall_id is None and self.town_id is None

    def speaks_for(self, department_id: int | None) -> bool:
        """Return whether it is held for this department, or for the whole district; a hall's or a town's is neither."""
        return self.whole_district or (department_id is not None and self.department_id == department_id)

    def held_on(self, on: date) -> bool:
        """Return whether the post is held on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
