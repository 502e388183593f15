"""Imports of existing stores (存量证照入库), and what a file and the store do not agree on (对账): one row a file."""

from __future__ import annotations

import uuid

from django.db import models

from certificates.models.types import CertificateType
from certificates.states import FileOrigin, ImportState


class ImportBatch(models.Model):
    """One file of certificates of one type, read line by line; where it stopped, it goes on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="batches")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, help_text="of the file: the same file is not imported twice")
    size = models.PositiveBigIntegerField(help_text="bytes")
    origin = models.CharField(max_length=8, choices=FileOrigin.choices, default=FileOrigin.COMMAND)
    issuer_code = models.CharField(max_length=18)
    issuer_name = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.WAITING)
    position = models.PositiveBigIntegerField(default=0, help_text="bytes that are done, all committed")
    line = models.PositiveBigIntegerField(default=0, help_text="lines that are done")
    accepted = models.PositiveBigIntegerField(default=0)
    known = models.PositiveBigIntegerField(default=0, help_text="lines already in the store, unchanged")
    rejected = models.PositiveBigIntegerField(default=0)
    superseded = models.PositiveBigIntegerField(
        default=0, help_text="certificates that stood before, in whose place accepted ones came or would come"
    )
    rows_per_second = models.PositiveIntegerField(default=0, help_text="of this run, so far")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when a worker last got on with it")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="begun since it last got on")
    fault = models.CharField(max_length=300, blank=True, default="")
    started_by = models.CharField(max_length=60)
    released_by = models.CharField(max_length=60, blank=True, default="", help_text="a second keeper")
    released_at = models.DateTimeField(null=True, blank=True)
    told_to = models.UUIDField(null=True, blank=True, help_text="the last certificate whose holder is told")
    told_at = models.DateTimeField(null=True, blank=True, help_text="when all holders were told")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "sha256"], name="one_import_a_type_and_file"),
            models.CheckConstraint(
                condition=models.Q(released_by="") | ~models.Q(released_by=models.F("started_by")),
                name="released_by_nobody_who_began_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"


class Reconciliation(models.Model):
    """One file held against the store: numbers and names of fields that differ, never a value of anybody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="reconciliations")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    origin = models.CharField(max_length=8, choices=FileOrigin.choices, default=FileOrigin.COMMAND)
    issuer_code = models.CharField(max_length=18)
    issuer_name = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.WAITING)
    fault = models.CharField(max_length=300, blank=True, default="")
    report = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="begun, and not come to an end")
    started_by = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"
