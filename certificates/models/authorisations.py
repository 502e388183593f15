"""What holders allowed: consents, codes shown at a window, and what was asked there."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, Person, Post, User
from certificates.models.certificates import EXACTLY_ONE_HOLDER
from certificates.states import AuthorisationKind, AuthorisationStatus, ScanStatus
from records.fields import EncryptedTextField


class Authorisation(models.Model):
    """The holder's consent, or refusal, to the use of named types and fields for one case or purpose (PIPL art. 29)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="authorisations"
    )
    holder_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="authorisations"
    )
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="given_authorisations")
    kind = models.CharField(max_length=8, choices=AuthorisationKind.choices, default=AuthorisationKind.CASE)
    case_reference = models.CharField(max_length=24, blank=True, default="", db_index=True)
    matter_code = models.CharField(max_length=33, blank=True, default="")
    matter_name = models.CharField(max_length=120, blank=True, default="")
    purpose = models.CharField(max_length=200, blank=True, default="", help_text="of a consent for a purpose")
    once = models.BooleanField(default=False, help_text="one look, then it is used up")
    body = models.CharField(max_length=80, help_text="who may look, in words")
    body_code = models.CharField(
        max_length=20,
        blank=True,
        default="",
        help_text="whose posts may look by a consent for a purpose; empty: none but the window that asked",
    )
    scope = models.JSONField(help_text="type slug → list of field names")
    status = models.CharField(max_length=12, choices=AuthorisationStatus.choices)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    until = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="when the case it was given for closed, or its one use was made"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE_HOLDER, name="authorisation_has_one_holder"),
            models.CheckConstraint(
                condition=Q(status__in=AuthorisationStatus.values), name="authorisation_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["case_reference"],
                condition=Q(status="granted", kind="case"),
                name="one_granted_authorisation_a_case",
            ),
            models.CheckConstraint(
                condition=(Q(kind="case") & ~Q(case_reference="") & ~Q(matter_code=""))
                | (Q(kind="purpose", case_reference="") & ~Q(purpose="")),
                name="authorisation_says_what_for",
            ),
            models.CheckConstraint(
                condition=~Q(kind="case") | Q(body_code=""), name="a_consent_for_a_case_opens_to_no_post"
            ),
            models.CheckConstraint(
                condition=~Q(status="used") | Q(once=True, ended_at__isnull=False),
                name="only_a_single_use_is_used_up",
            ),
            models.CheckConstraint(
                condition=Q(status="revoked", revoked_at__isnull=False) | ~Q(status="revoked"),
                name="revoked_authorisation_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_reference or self.purpose} {self.status}"


class Presentation(models.Model):
    """A holder showing their certificates (亮证): from its secret a new code follows every minute (see presenting)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="presentations"
    )
    holder_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="presentations"
    )
    shown_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shown_presentations")
    mandate = models.CharField(max_length=60, blank=True, default="", help_text="what acting rests on")
    types = models.JSONField(default=list, help_text="slugs the holder chose; empty: whatever is asked for")
    secret = EncryptedTextField()
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    spoken = ArrayField(
        models.CharField(max_length=64),
        default=list,
        help_text="keyed hashes of the digits read aloud instead, one a rotating code",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE_HOLDER, name="presentation_has_one_holder"),
        ]
        indexes = [
            models.Index(fields=["shown_by", "-begun_at"], name="presentation_by_shower"),
            GinIndex(fields=["spoken"], name="presentation_by_spoken"),
        ]

    def __str__(self) -> str:
        return f"presentation {self.id}"


class Scan(models.Model):
    """One code, scanned once at one window (扫码): what is asked for there, and what the holder answers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    presentation = models.ForeignKey(Presentation, on_delete=models.PROTECT, related_name="scans")
    slot = models.PositiveIntegerField(help_text="which of the rotating codes")
    scanned_at = models.DateTimeField()
    clerk = models.ForeignKey(User, on_delete=models.PROTECT, related_name="scans")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="scans")
    body = models.CharField(max_length=80)
    window = models.CharField(max_length=20, help_text="3 号窗口")
    status = models.CharField(max_length=8, choices=ScanStatus.choices, default=ScanStatus.SCANNED)
    case_reference = models.CharField(max_length=24, blank=True, default="", db_index=True)
    matter_code = models.CharField(max_length=33, blank=True, default="")
    matter_name = models.CharField(max_length=120, blank=True, default="")
    purpose = models.CharField(max_length=200, blank=True, default="")
    deciding_body = models.CharField(
        max_length=80,
        blank=True,
        default="",
        help_text="which department decides the matter: it will look too",
    )
    scope = models.JSONField(default=dict, help_text="type slug → list of field names")
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="answered_scans"
    )
    authorisation = models.OneToOneField(
        Authorisation, on_delete=models.PROTECT, null=True, blank=True, related_name="scan"
    )
    access_until = models.DateTimeField(null=True, blank=True, help_text="when the window's own look ends")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["presentation", "slot"], name="a_code_is_scanned_once"),
            models.CheckConstraint(
                condition=~Q(status="agreed")
                | Q(
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                    authorisation__isnull=False,
                    access_until__isnull=False,
                ),
                name="an_agreed_scan_is_answered",
            ),
        ]
        indexes = [models.Index(fields=["clerk", "-scanned_at"], name="scan_by_clerk")]

    def __str__(self) -> str:
        return f"{self.window} {self.status}"

    @property
    def place(self) -> str:
        """Return the body and its window in words, as the holder and the journal read where it was."""
        return f"{self.body} {self.window}"
