"""The catalogue: matters (事项), drafts of their editions, and the editions, which never change once published."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, JSONField, Q, TextField
from django.db.models.functions import Cast

from accounts.models import Department, User
from common.clock import day_of
from matters.states import OPEN_DRAFT, DraftState


class Matter(models.Model):
    """A service in the catalogue, one implementing body; named by its implementation code (31, ZWFW C 0109).

    Which edition is in force follows from the day alone: `next_edition` takes over on `next_from`, whether or not
    anything ran since. `instant_stop` is the open row of InstantStop, so that no page has to look for it.
    """

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
    next_edition = models.OneToOneField(
        "Edition", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    next_from = models.DateField(null=True, blank=True)
    instant_stop = models.OneToOneField(
        "InstantStop", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["base_code", "department"], name="one_matter_a_body"),
            models.CheckConstraint(
                condition=Q(next_edition__isnull=True, next_from__isnull=True)
                | Q(next_edition__isnull=False, next_from__isnull=False),
                name="the_next_edition_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def edition_on(self, day: date) -> Edition | None:
        """Return the edition in force on a day, today or later; None before the first one's day."""
        return self.next_edition if self._turned(day) else self.current_edition

    def edition_id_on(self, day: date) -> uuid.UUID | None:
        """Return the id of the edition in force on a day, today or later, without reading it."""
        found: uuid.UUID | None = self.next_edition_id if self._turned(day) else self.current_edition_id
        return found

    @property
    def promises_instant(self) -> bool:
        """Return whether a case can be granted at once: by the matter's mode, and while nobody stopped it."""
        return self.mode == self.Mode.INSTANT_APPROVAL and self.instant_stop_id is None

    @property
    def handling(self) -> str:
        """Return in a word how the matter is handled today: 秒批, 秒报, or by a person while that is stopped."""
        return "工作人员办理" if self.instant_stop_id is not None else str(self.get_mode_display())

    def _turned(self, day: date) -> bool:
        return self.next_from is not None and self.next_from <= day


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
    in_force_from = models.DateField(null=True, help_text="null before 2026-11-21: the day it was published")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "number"], name="one_edition_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="editions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} V{self.number}"

    @property
    def begins(self) -> date:
        """Return the day from which it is in force, unless it was called off before."""
        return self.in_force_from or day_of(self.published_at)


class CallOff(models.Model):
    """A published edition taken back before its day; it was never in force (撤回)."""

    insert_only = True

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="call_off")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    def __str__(self) -> str:
        return str(self.edition_id)


class InstantStop(models.Model):
    """From when until when nothing of a matter is decided at once (秒批停用), by whom and why. At most one is open."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="instant_stops")
    reason = models.CharField(max_length=200)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField()
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(released_at__isnull=True), name="one_open_stop_a_matter"
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_reason="")
                | Q(released_at__isnull=False, released_by__isnull=False) & ~Q(release_reason=""),
                name="a_release_says_who_and_why",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_stop_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.stopped_at:%Y-%m-%d %H:%M}"


# How a user stands in `editors`: a JSON list contains a text that is one of its items.
_AS_EDITOR = models.Func(Cast("published_by", TextField()), function="to_jsonb", output_field=JSONField())


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
                condition=Q(published_by__isnull=True) | ~Q(editors__contains=_AS_EDITOR),
                name="published_by_nobody_who_wrote",
            ),
            models.CheckConstraint(
                condition=Q(state=DraftState.PUBLISHED, edition__isnull=False, published_by__isnull=False)
                | ~Q(state=DraftState.PUBLISHED) & Q(edition__isnull=True),
                name="a_published_draft_has_its_edition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_code} {self.state}"


class FreeList(models.Model):
    """One published 免证办清单: which materials nobody has to bring, because the store or a register has them."""

    insert_only = True

    number = models.PositiveIntegerField(unique=True)
    published_on = models.DateField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="free_lists")
    content = models.JSONField(help_text="what the list says, by matter and material")
    changes = models.JSONField(help_text="what is new, changed and gone since the list before")
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"list {self.number}"
