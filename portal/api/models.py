"""What the API keeps: tokens (only as keyed hashes) and requests that were answered once."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.models import User


class ApiToken(models.Model):
    """A bearer token of one account (RFC 6750). The token itself is shown once and stands nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.name}"


class KeptRequest(models.Model):
    """One request under an Idempotency-Key: what was asked, keyed-hashed, and which case came of it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32)
    reference = models.CharField(max_length=24, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_request_a_key")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.reference}"
