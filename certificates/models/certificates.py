"""Issued certificates (电子证照)."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, Person
from certificates.models.seals import Seal
from certificates.models.stocking import ImportBatch
from certificates.models.types import CertificateType
from certificates.states import ENDED, CertificateStatus
from records.fields import EncryptedJSONField

EXACTLY_ONE_HOLDER = Q(holder_person__isnull=False, holder_organisation__isnull=True) | Q(
    holder_person__isnull=True, holder_organisation__isnull=False
)
DER_IN_BASE64 = "^ME[A-Za-z0-9+/]{82,94}={0,2}$"  # of an ECDSA signature over P-256: 66 to 72 bytes


class Certificate(models.Model):
    """An issued, numbered, verifiable, revocable credential. Its fields are read only through `using`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of their own for type, holders, source and seal: each leads one below. An index holds no row whose
    # column is empty: a million entries of nothing cost the import of a store more than the entries that are asked for.
    type = models.ForeignKey(
        CertificateType, on_delete=models.PROTECT, related_name="certificates", db_index=False
    )
    identifier = models.CharField(max_length=120, unique=True, help_text="GB/T 36904")
    number = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    schema_version = models.PositiveSmallIntegerField(default=1)
    holder_person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        db_index=False,
    )
    holder_organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        db_index=False,
    )
    issuer_code = models.CharField(max_length=18)
    issuer_name = models.CharField(max_length=80)
    status = models.CharField(
        max_length=16, choices=CertificateStatus.choices, default=CertificateStatus.VALID
    )
    status_changed_at = models.DateTimeField(null=True, blank=True)
    status_reason = models.CharField(max_length=200, blank=True, default="")
    ended_by = models.CharField(
        max_length=80, blank=True, default="", help_text="decision:<id> that ended it"
    )
    exclusive = models.BooleanField(help_text="copied from the type, so that the constraint can hold it")
    issued_on = models.DateField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="last valid day; null is 长期")
    fields = EncryptedJSONField()
    digest = models.CharField(
        max_length=64, help_text="SHA-256 over secretly salted canonical terms and fields"
    )
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successor"
    )
    source = models.CharField(max_length=80, null=True, blank=True, help_text="decision:<id> that issued it")
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates"
    )
    seal = models.ForeignKey(
        Seal, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates", db_index=False
    )
    algorithm = models.CharField(max_length=40, blank=True, default="", help_text="of the signature")
    signature = models.TextField(blank=True, default="", help_text="base64, over the digest's bytes")
    signed_at = models.DateTimeField(null=True, blank=True)
    check_token = models.CharField(max_length=32, unique=True, help_text="unguessable, in the QR code")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE_HOLDER, name="certificate_has_one_holder"),
            models.CheckConstraint(
                condition=Q(status__in=CertificateStatus.values), name="certificate_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="certificate_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(ENDED))
                | (Q(status_changed_at__isnull=False) & ~Q(status_reason="")),
                name="ended_certificate_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(ended_by="") | Q(status__in=sorted(ENDED)),
                name="only_an_ended_certificate_names_its_end",
            ),
            models.UniqueConstraint(
                fields=["type", "holder_person"],
                condition=Q(exclusive=True, status="valid", holder_person__isnull=False),
                name="one_valid_certificate_a_person",
            ),
            models.UniqueConstraint(
                fields=["type", "holder_organisation"],
                condition=Q(exclusive=True, status="valid", holder_organisation__isnull=False),
                name="one_valid_certificate_an_organisation",
            ),
            models.CheckConstraint(
                condition=Q(seal__isnull=True, signature="", algorithm="", signed_at__isnull=True)
                | (Q(seal__isnull=False, signed_at__isnull=False) & ~Q(signature="") & ~Q(algorithm="")),
                name="a_signature_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(signature="") | Q(algorithm="ecdsa-p256-sha256", signature__regex=DER_IN_BASE64),
                name="a_signature_has_its_form",
            ),
            models.UniqueConstraint(
                fields=["type", "number", "version"], name="one_certificate_a_number_and_version"
            ),
            models.UniqueConstraint(
                fields=["type", "number", "issuer_code"],
                condition=Q(status="valid"),
                name="one_valid_version_a_number",
            ),
            models.UniqueConstraint(
                fields=["source"], condition=Q(source__isnull=False), name="one_certificate_a_source"
            ),
        ]
        indexes = [
            models.Index(
                fields=["holder_person", "type"],
                condition=Q(holder_person__isnull=False),
                name="certificate_by_person",
            ),
            models.Index(
                fields=["holder_organisation", "type"],
                condition=Q(holder_organisation__isnull=False),
                name="certificate_by_organisation",
            ),
            models.Index(fields=["type"], condition=Q(status="valid"), name="valid_certificate_by_type"),
            # Rows lie in the order they were entered: a few blocks of index say where a night's new ones are.
            BrinIndex(
                fields=["created_at"], pages_per_range=32, autosummarize=True, name="certificate_by_entry"
            ),
            models.Index(fields=["seal"], condition=Q(seal__isnull=False), name="certificate_by_seal"),
        ]

    def __str__(self) -> str:
        return self.identifier

    def expired_on(self, on: date) -> bool:
        """Return whether the validity has run out (or not begun) on a day."""
        return on < self.valid_from or (self.valid_until is not None and on > self.valid_until)
