"""Journal, events and blocks, which are added and never changed, by trigger and by grant; and uploaded files."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q


class JournalEntry(models.Model):
    """留痕: proof of one act, chained to the one before it in its stream (a case, a certificate). Ids only."""

    insert_only = True

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField()
    act = models.CharField(max_length=60)
    actor = models.CharField(max_length=80)
    subject = models.CharField(max_length=120, blank=True, default="")
    details = models.JSONField(default=dict)
    at = models.DateTimeField()
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "sequence"], name="journal_stream_sequence"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="journal_sequence_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.sequence} {self.act}"


class Event(models.Model):
    """办理过程: what happened, as the applicant may read it; its entry proves the words."""

    insert_only = True

    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, primary_key=True, related_name="event"
    )
    stream = models.CharField(max_length=80)
    kind = models.CharField(max_length=40, blank=True, default="")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["stream", "entry"], name="event_stream")]

    def __str__(self) -> str:
        return self.text


class Pending(models.Model):
    """An entry that waits for the sealer: a queue, not proof. The verifier does not believe it."""

    entry_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "records_journalpending"

    def __str__(self) -> str:
        return str(self.entry_id)


class Block(models.Model):
    """留痕区块: a signed Merkle root over entries, chained to the last block."""

    insert_only = True

    height = models.PositiveBigIntegerField(primary_key=True)
    previous = models.BinaryField(max_length=32)
    root = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField()
    at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    hash = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)

    def __str__(self) -> str:
        return f"block {self.height}"


class BlockEntry(models.Model):
    """Which entry stands at which place of which block, and the hash it had when it was sealed."""

    insert_only = True

    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, primary_key=True, related_name="sealed_in"
    )
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["block", "position"], name="block_position"),
        ]

    def __str__(self) -> str:
        return f"block {self.block_id} position {self.position}"


class StoredFile(models.Model):
    """上传的文件: what is known of one file that lies sealed below FILES_DIR. No name, nothing of its content."""

    class Scan(models.TextChoices):
        """What the virus scan says."""

        UNSCANNED = "unscanned", "未查毒"
        CLEAN = "clean", "查毒通过"
        INFECTED = "infected", "发现病毒，已隔离"
        FAILED = "failed", "查毒没有完成"

    class Type(models.TextChoices):
        """What is kept: pictures are drawn anew as JPEG, PDFs stay what they are."""

        PICTURE = "image/jpeg", "图片"
        PDF = "application/pdf", "PDF"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stream = models.CharField(max_length=80, help_text="the journal stream it belongs to: case:<reference>")
    owner = models.CharField(max_length=80, help_text="the actor who uploaded it")
    content_type = models.CharField(max_length=20, choices=Type.choices)
    size = models.PositiveIntegerField(help_text="bytes of what is kept, in clear")
    pages = models.PositiveSmallIntegerField()
    digest = models.BinaryField(max_length=32, help_text="HMAC-SHA256 of what is kept")
    created_at = models.DateTimeField()
    scan = models.CharField(max_length=12, choices=Scan.choices, default=Scan.UNSCANNED)
    scan_after = models.DateTimeField(
        null=True, blank=True, help_text="when it is to be scanned; none: settled"
    )
    scan_attempts = models.PositiveSmallIntegerField(default=0)
    scan_detail = models.CharField(
        max_length=120, blank=True, default="", help_text="what was found, or what failed"
    )
    scanned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(scan__in=["clean", "infected"]) | Q(scanned_at__isnull=False),
                name="scanned_files_have_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["scan_after"], condition=Q(scan_after__isnull=False), name="file_to_scan"),
            models.Index(
                fields=["scan"], condition=Q(scan__in=["infected", "failed"]), name="file_in_trouble"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.scan}"

    @property
    def is_pdf(self) -> bool:
        """Return whether its pages are drawn from a PDF."""
        return self.content_type == self.Type.PDF

    @property
    def is_quarantined(self) -> bool:
        """Return whether nothing of it may be served."""
        return self.scan == self.Scan.INFECTED

    @property
    def may_be_taken_away(self) -> bool:
        """Return whether the original may be downloaded: only after a scan that found nothing."""
        return self.scan == self.Scan.CLEAN
