"""Acting for another person: delegation (代办) and guardianship (监护)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models.people import Person
from records.fields import EncryptedTextField


class Delegation(models.Model):
    """One person's mandate to another (代办), until a day, revocable at once (民法典 art. 165, 173)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_given")
    agent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_held")
    matters = models.JSONField(default=list, blank=True, help_text="codes of matters; empty: all")
    valid_from = models.DateField()
    valid_to = models.DateField()
    given_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("agent")), name="nobody_delegates_to_themselves"),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="delegation_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id} by {self.agent_id}"


class Guardianship(models.Model):
    """A guardian's right to act for a ward, with the document that shows it (民法典 art. 27, 28)."""

    class Ward(models.TextChoices):
        CHILD = "child", "未成年人"
        WITHOUT_CAPACITY = "without_capacity", "无民事行为能力或者限制民事行为能力的成年人"

    class Document(models.TextChoices):
        BIRTH_CERTIFICATE = "birth_certificate", "出生医学证明"
        HOUSEHOLD_REGISTER = "household_register", "居民户口簿"
        COURT_JUDGMENT = "court_judgment", "人民法院判决书"
        APPOINTMENT = "appointment", "指定监护人的文书"

    class State(models.TextChoices):
        REQUESTED = "requested", "等待核实"
        CONFIRMED = "confirmed", "已确认"
        REJECTED = "rejected", "未通过"
        ENDED = "ended", "已结束"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ward = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardians")
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="wards")
    kind = models.CharField(max_length=20, choices=Ward.choices)
    document = models.CharField(max_length=24, choices=Document.choices)
    document_number = EncryptedTextField()
    document_file = models.UUIDField(null=True, blank=True, help_text="the stored file that shows it")
    state = models.CharField(max_length=12, choices=State.choices, default=State.REQUESTED)
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    valid_to = models.DateField(null=True, blank=True, help_text="a child's eighteenth birthday")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(ward=F("guardian")), name="nobody_guards_themselves"),
            models.UniqueConstraint(
                fields=["ward", "guardian"],
                condition=Q(state__in=["requested", "confirmed"]),
                name="one_open_guardianship",
            ),
            models.CheckConstraint(
                condition=Q(state="requested") | Q(settled_at__isnull=False),
                name="settled_guardianship_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} by {self.guardian_id}"
