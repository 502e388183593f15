"""The catalogue: matters (事项), drafts of their editions, and the editions, which never change once published."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Department, User
from matters.states import OPEN_DRAFT, DraftState


class Matter(models.Model):
    """A service in the catalogue, one implementing body; named by its implementation code (31, ZWFW C 0109)."""

    class Mode(models.TextChoices):
        INSTANT_APPROVAL = "instant_approval", "秒批"
        INSTANT_FILING = "instant_filing", "秒报"

    class Applicant(models.TextChoices):
        PERSON = "person", "个人"
        ORGANISATION = "organisation", "法人"

    class Status(models.TextChoices):
        IN_FORCE = "in_force", "在用"
        SUSPENDED = "suspended", "暂停"
        CANCELLED = "cancelled", "取消"

    code = models.CharField(max_length=31, unique=True, help_text="implementation code")
    base_code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    summary = models.CharField(max_length=200)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="matters")
    type = models.CharField(max_length=2, help_text="GB/T 39046 A.1")
    applicant = models.CharField(max_length=16, choices=Applicant.choices)
    mode = models.CharField(max_length=20, choices=Mode.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.IN_FORCE)
    life_events = models.JSONField(default=list)
    search_text = models.TextField(help_text="name, everyday words and summary, for the plain search")
    current_edition = models.OneToOneField(
        "Edition", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["base_code", "department"], name="one_matter_a_body")]

    def __str__(self) -> str:
        return self.code


class Edition(models.Model):
    """One immutable published version of a matter. A trigger refuses any change (architecture, what holds: 7)."""

    insert_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    content = models.JSONField(help_text="the package as published")
    vocabulary = models.JSONField(help_text="the fact vocabulary, frozen at publication")
    language_version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "number"], name="one_edition_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="editions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} V{self.number}"


class EditionDraft(models.Model):
    """What is written before it is an edition; `content` is a package as JSON, which may still have faults.

    `revision` counts saves: who saves says which one they read. `impact` is what the last back-test found, with the
    revision it was of. `editors` are the accounts that wrote: none of them is the second person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    matter_code = models.CharField(max_length=31)
    name = models.CharField(max_length=120)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="edition_drafts")
    content = models.JSONField()
    based_on = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=DraftState.choices, default=DraftState.WRITING)
    revision = models.PositiveIntegerField(default=1)
    editors = models.JSONField(default=list)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    returned_because = models.CharField(max_length=200, blank=True, default="")
    impact = models.JSONField(null=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    publish_reason = models.CharField(max_length=200, blank=True, default="")
    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, null=True, related_name="draft")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter_code"], condition=Q(state__in=OPEN_DRAFT), name="one_open_draft_a_matter"
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("checked_by")),
                name="published_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state=DraftState.PUBLISHED, edition__isnull=False, published_by__isnull=False)
                | ~Q(state=DraftState.PUBLISHED) & Q(edition__isnull=True),
                name="a_published_draft_has_its_edition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_code} {self.state}"
