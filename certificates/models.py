"""The shared store of electronic certificates (电子证照), who allowed their use, and every use."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Q

from accounts.models import Organisation, Person
from certificates.states import ENDED, AuthorisationStatus, CertificateStatus, UseMode, UseOutcome
from records.fields import EncryptedJSONField

EXACTLY_ONE_HOLDER = Q(holder_person__isnull=False, holder_organisation__isnull=True) | Q(
    holder_person__isnull=True, holder_organisation__isnull=False
)


class CertificateType(models.Model):
    """A kind of certificate (证照类型): 21 characters, the definer's credit code + 3 digits (GB/T 36904)."""

    class HolderKind(models.TextChoices):
        PERSON = "person", "自然人"
        ORGANISATION = "organisation", "法人和其他组织"

    code = models.CharField(max_length=21, unique=True)
    slug = models.SlugField(max_length=40, unique=True, help_text="names its facts: cert.<slug>.<field>")
    name = models.CharField(max_length=80)
    holder_kind = models.CharField(max_length=16, choices=HolderKind.choices)
    exclusive = models.BooleanField(default=True, help_text="at most one valid certificate a holder")
    definer_name = models.CharField(max_length=80)
    current_schema = models.PositiveSmallIntegerField(default=1)
    icon = models.CharField(max_length=40, default="certificate")

    def __str__(self) -> str:
        return f"{self.slug} ({self.code})"


class TypeSchema(models.Model):
    """One immutable version of a type's fields: name → {type, label, personal, codes, fields}."""

    insert_only = True

    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="schemas")
    version = models.PositiveSmallIntegerField()
    fields = models.JSONField()
    order = models.JSONField(
        default=list, help_text="field names as a card shows them: jsonb keeps no order of keys"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "version"], name="one_schema_a_version")]

    def __str__(self) -> str:
        return f"{self.type_id} v{self.version}"


class Certificate(models.Model):
    """An issued, numbered, verifiable, revocable credential. Its fields are read only through `using`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="certificates")
    identifier = models.CharField(max_length=120, unique=True, help_text="GB/T 36904")
    number = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    schema_version = models.PositiveSmallIntegerField(default=1)
    holder_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates"
    )
    holder_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates"
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
    source = models.CharField(
        max_length=80, unique=True, null=True, blank=True, help_text="decision:<id> that issued it"
    )
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
            models.UniqueConstraint(
                fields=["type", "number", "version"], name="one_certificate_a_number_and_version"
            ),
        ]
        indexes = [
            models.Index(fields=["holder_person", "type"], name="certificate_by_person"),
            models.Index(fields=["holder_organisation", "type"], name="certificate_by_organisation"),
        ]

    def __str__(self) -> str:
        return self.identifier

    def expired_on(self, on: date) -> bool:
        """Return whether the validity has run out (or not begun) on a day."""
        return on < self.valid_from or (self.valid_until is not None and on > self.valid_until)


class Authorisation(models.Model):
    """The holder's consent, or refusal, to the use of named types and fields for one case (PIPL art. 29)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="authorisations"
    )
    holder_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="authorisations"
    )
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="given_authorisations")
    case_reference = models.CharField(max_length=24, db_index=True)
    matter_code = models.CharField(max_length=33)
    matter_name = models.CharField(max_length=120)
    body = models.CharField(max_length=80, help_text="who may look")
    scope = models.JSONField(help_text="type slug → list of field names")
    status = models.CharField(max_length=12, choices=AuthorisationStatus.choices)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    until = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when the case it was given for closed")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE_HOLDER, name="authorisation_has_one_holder"),
            models.CheckConstraint(
                condition=Q(status__in=AuthorisationStatus.values), name="authorisation_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["case_reference"],
                condition=Q(status="granted"),
                name="one_granted_authorisation_a_case",
            ),
            models.CheckConstraint(
                condition=Q(status="revoked", revoked_at__isnull=False) | ~Q(status="revoked"),
                name="revoked_authorisation_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_reference} {self.status}"


class UseRecord(models.Model):
    """One look at one certificate, or the refusal of one (用证记录). Written before anything is handed out."""

    insert_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, null=True, blank=True, related_name="uses"
    )
    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="uses")
    version = models.PositiveSmallIntegerField(null=True, blank=True)
    holder_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="uses"
    )
    holder_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="uses"
    )
    mode = models.CharField(max_length=16, choices=UseMode.choices)
    authorisation = models.ForeignKey(
        Authorisation, on_delete=models.PROTECT, null=True, blank=True, related_name="uses"
    )
    body = models.CharField(max_length=80)
    actor = models.CharField(max_length=60, help_text="system or user:<id>")
    case_reference = models.CharField(max_length=24, db_index=True)
    matter_code = models.CharField(max_length=33)
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
        ]
        indexes = [
            models.Index(fields=["holder_person", "-at"], name="use_by_person"),
            models.Index(fields=["holder_organisation", "-at"], name="use_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.case_reference} {self.outcome}"


class NumberSeries(models.Model):
    """A running number (流水号): the last serial given out of one pattern, type and period."""

    name = models.CharField(max_length=120, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
