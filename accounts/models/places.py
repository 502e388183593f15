"""Where government is: divisions, departments, halls."""

from __future__ import annotations

from django.db import models


class Region(models.Model):
    """An administrative division (GB/T 2260 and its longer forms); never deleted, only ended."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    level = models.PositiveSmallIntegerField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Department(models.Model):
    """An implementing body (实施主体). Remedies name its superior and the court (行政许可法 art. 38)."""

    credit_code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=40)
    section = models.CharField(max_length=40, blank=True, default="")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments")
    phone = models.CharField(max_length=40)
    complaint_phone = models.CharField(max_length=40)
    address = models.CharField(max_length=120)
    hours = models.CharField(max_length=80)
    review_body = models.CharField(max_length=80)
    court = models.CharField(max_length=80)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Hall(models.Model):
    """A hall where people come to be served (政务服务大厅), with its windows."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=80)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="halls")
    address = models.CharField(max_length=120)
    phone = models.CharField(max_length=40)
    hours = models.CharField(max_length=80)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name
