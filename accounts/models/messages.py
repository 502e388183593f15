"""What is told to people (消息)."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.models.people import Person


class Message(models.Model):
    """What is told to a person in the portal (消息)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    body = models.TextField()
    case_reference = models.CharField(max_length=24, blank=True, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-created_at"], name="message_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_reference}"
