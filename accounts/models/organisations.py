"""Organisations, and who may act for them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models.people import Person


class Organisation(models.Model):
    """A legal person or other organisation (法人和其他组织), known by its credit code (GB 32100)."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        INDIVIDUAL_BUSINESS = "individual_business", "个体工商户"
        COOPERATIVE = "cooperative", "农民专业合作社"
        INSTITUTION = "institution", "事业单位"
        OTHER = "other", "其他组织"

    class Status(models.TextChoices):
        ACTIVE = "active", "存续"
        CANCELLED = "cancelled", "注销"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    credit_code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    source = models.CharField(max_length=80, unique=True, null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.CharField(
        max_length=80, blank=True, default="", help_text="decision:<id> that closed it"
    )
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="active", closed_on__isnull=True, closed_by="")
                | (Q(status="cancelled", closed_on__isnull=False) & ~Q(closed_by="")),
                name="closed_organisation_names_day_and_decision",
            )
        ]

    def __str__(self) -> str:
        return self.credit_code

    @property
    def closed(self) -> bool:
        """Return whether it has ended: nothing is applied for or issued any more, what was stays readable."""
        return self.status == self.Status.CANCELLED


class ActingRight(models.Model):
    """A person's right to act for an organisation, from a day to a day, for all matters or for named ones.

    The legal representative and the operator act by law (民法典 art. 61), an agent by mandate (art. 165, 170).
    """

    class Role(models.TextChoices):
        OPERATOR = "operator", "经营者"
        LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"
        AGENT = "agent", "经办人"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acting_rights")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="acting_rights")
    role = models.CharField(max_length=24, choices=Role.choices)
    matters = models.JSONField(default=list, blank=True, help_text="codes of matters; empty: all")
    sees_certificates = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(valid_to__isnull=True, revoked_at__isnull=True),
                name="one_open_acting_right",
            ),
            models.CheckConstraint(
                condition=~Q(role="agent") | Q(given_by__isnull=False), name="an_agent_is_named_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.organisation_id}"
