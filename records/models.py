"""Journal, events and blocks: rows that are added and never changed, by trigger and by grant."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


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
