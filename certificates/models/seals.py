"""Electronic seals (电子印章) of departments, every use of one, and the sealed papers that were made."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Department, User
from certificates.states import SealPurpose, SealStatus
from records.models import StoredFile


class Seal(models.Model):
    """An organ's signing key with its X.509 certificate (国务院令第716号 art. 9). The key lies elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="seals")
    name = models.CharField(max_length=80, help_text="the words on its lower edge: 电子证照专用章")
    custodian = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seals")
    provider = models.CharField(max_length=20, help_text="who keeps the key: file, or a seal platform")
    key_name = models.CharField(max_length=120, unique=True, help_text="the key's name at its provider")
    algorithm = models.CharField(max_length=40)
    certificate_pem = models.TextField(help_text="X.509, public")
    chain_pem = models.TextField(blank=True, default="", help_text="X.509 of the authorities above it")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    status = models.CharField(max_length=12, choices=SealStatus.choices, default=SealStatus.ACTIVE)
    status_reason = models.CharField(max_length=200, blank=True, default="")
    status_changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department"], condition=Q(status="active"), name="one_active_seal_a_department"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=models.F("valid_from")), name="seal_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(status="active") | (Q(status_changed_at__isnull=False) & ~Q(status_reason="")),
                name="a_seal_out_of_use_says_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.key_name}"


class SealRequest(models.Model):
    """A key whose certificate is being asked for (证书申请); with the certificate it becomes a seal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="seal_requests")
    name = models.CharField(max_length=80)
    custodian = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seal_requests")
    provider = models.CharField(max_length=20)
    key_name = models.CharField(max_length=120, unique=True)
    algorithm = models.CharField(max_length=40)
    request_pem = models.TextField(help_text="PKCS#10, what the authority is sent")
    requested_at = models.DateTimeField()
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, null=True, blank=True, related_name="request")
    dropped_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was given up; its key is gone"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department"],
                condition=Q(seal__isnull=True, dropped_at__isnull=True),
                name="one_open_seal_request_a_department",
            ),
        ]

    def __str__(self) -> str:
        return self.key_name


class SealUse(models.Model):
    """One use of a seal (用印记录): what was signed, by its digest."""

    insert_only = True

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="uses")
    purpose = models.CharField(max_length=12, choices=SealPurpose.choices)
    subject = models.CharField(max_length=80, help_text="certificate:<id>, decision:<id> …")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was signed")
    algorithm = models.CharField(max_length=40)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["seal", "-at"], name="seal_use_by_seal")]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.subject}"


class SealedPaper(models.Model):
    """A sealed PDF, made when it is first asked for and kept: of a certificate, a decision, a notice."""

    insert_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(max_length=80, unique=True, help_text="certificate:<id>, decision:<id> …")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="of the PDF as it is handed out")
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="papers")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="sealed_paper_by_content")]

    def __str__(self) -> str:
        return self.subject
