"""Kinds of certificates (证照类型), and the versions of their fields."""

from __future__ import annotations

from django.db import models

from certificates.states import TrustLevel, TypeKind


def _given() -> dict[str, str]:
    return {"rule": "given"}


class CertificateType(models.Model):
    """A kind of certificate (证照类型): 21 characters, the definer's credit code + 3 digits (GB/T 36904)."""

    class HolderKind(models.TextChoices):
        PERSON = "person", "自然人"
        ORGANISATION = "organisation", "法人和其他组织"
        EITHER = "either", "自然人或者法人和其他组织"

    code = models.CharField(max_length=21, unique=True)
    slug = models.SlugField(max_length=40, unique=True, help_text="names its facts: cert.<slug>.<field>")
    name = models.CharField(max_length=80)
    holder_kind = models.CharField(max_length=16, choices=HolderKind.choices)
    exclusive = models.BooleanField(default=True, help_text="at most one valid certificate a holder")
    definer_name = models.CharField(max_length=80)
    current_schema = models.PositiveSmallIntegerField(default=1)
    icon = models.CharField(max_length=40, default="certificate")
    kind = models.CharField(max_length=12, choices=TypeKind.choices, default=TypeKind.LICENCE)
    trust_level = models.CharField(max_length=1, choices=TrustLevel.choices, default=TrustLevel.A)
    issuers = models.JSONField(
        default=list, blank=True, help_text="credit codes of who may issue it; empty: its definer only"
    )
    validity = models.JSONField(
        default=_given,
        help_text="{rule: given | forever | term | at_most, years | months}: how the last valid day follows",
    )
    lookup = models.JSONField(
        default=dict,
        blank=True,
        help_text="{roles, fields, basis}: who may look by duty (依职能查验); empty: nobody",
    )
    copies = models.JSONField(
        default=dict,
        blank=True,
        help_text="{days}: for how long an annotated copy (加注件) may be used; empty: none",
    )

    def __str__(self) -> str:
        return self.name


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


class NumberSeries(models.Model):
    """A running number (流水号): the last serial given out of one pattern, type and period."""

    name = models.CharField(max_length=120, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
