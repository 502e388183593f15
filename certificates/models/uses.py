"""Every look at a certificate, and what its holder says of one."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Organisation, Person, User
from certificates.models.authorisations import Authorisation, Scan
from certificates.models.certificates import EXACTLY_ONE_HOLDER, Certificate
from certificates.models.types import CertificateType
from certificates.states import MisuseFinding, UseMode, UseOutcome
from records.fields import EncryptedTextField


class UseRecord(models.Model):
    """One look at one certificate, or the refusal of one (用证记录). Written before anything is handed out."""

    insert_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, null=True, blank=True, related_name="uses"
    )
    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="uses")
    version = models.PositiveSmallIntegerField(null=True, blank=True)
    # No index of their own: each leads one below.
    holder_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="uses", db_index=False
    )
    holder_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="uses", db_index=False
    )
    mode = models.CharField(max_length=16, choices=UseMode.choices)
    authorisation = models.ForeignKey(
        Authorisation, on_delete=models.PROTECT, null=True, blank=True, related_name="uses"
    )
    body = models.CharField(max_length=80, help_text="in words, as it was called then")
    body_code = models.CharField(
        max_length=20, blank=True, default="", help_text="whose supervisors a report goes to"
    )
    actor = models.CharField(max_length=60, help_text="system or user:<id>")
    post = models.CharField(
        max_length=80, blank=True, default="", help_text="who looked, in words: 3 号窗口 窗口人员"
    )
    agent = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="uses_as_agent",
        help_text="who acted for the holder: both names are shown",
    )
    scan = models.ForeignKey(Scan, on_delete=models.PROTECT, null=True, blank=True, related_name="uses")
    case_reference = models.CharField(max_length=24, blank=True, default="", db_index=True)
    matter_code = models.CharField(max_length=33, blank=True, default="")
    purpose = models.CharField(max_length=200)
    fields = models.JSONField(default=list)
    outcome = models.CharField(max_length=16, choices=UseOutcome.choices)
    digest = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE_HOLDER, name="use_has_one_holder"),
            models.CheckConstraint(
                condition=~Q(outcome="found", mode="authorised", authorisation__isnull=True),
                name="no_authorised_use_without_authorisation",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="found", mode="presented")
                | Q(scan__isnull=False, authorisation__isnull=False),
                name="no_presented_use_without_a_scan",
            ),
            models.CheckConstraint(
                condition=~Q(mode="statutory")
                | (~Q(purpose="") & ~Q(post="") & (~Q(case_reference="") | ~Q(matter_code=""))),
                name="a_look_by_duty_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["holder_person", "-at"], name="use_by_person"),
            models.Index(fields=["holder_organisation", "-at"], name="use_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.case_reference} {self.outcome}"


class MisuseReport(models.Model):
    """A holder says that a use was none of theirs (用证异议); a supervisor looks into it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    use = models.OneToOneField(UseRecord, on_delete=models.PROTECT, related_name="report")
    reporter = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="misuse_reports")
    text = EncryptedTextField()
    reported_at = models.DateTimeField()
    due_on = models.DateField()
    finding = models.CharField(max_length=12, choices=MisuseFinding.choices, blank=True, default="")
    answer = EncryptedTextField(blank=True, default="")
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="answered_misuse_reports"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finding="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(finding="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="an_answered_report_is_signed",
            )
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(answered_at__isnull=True), name="misuse_report_open")
        ]

    def __str__(self) -> str:
        return f"report of {self.use_id}"
