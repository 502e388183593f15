"""Endings that a keeper proposed: a second keeper confirms or drops each (四眼)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from certificates.models.certificates import Certificate
from certificates.states import CertificateStatus, EndingStatus


class EndingProposal(models.Model):
    """One certificate that is to end by a decision: 撤销, 撤回, 吊销 or 注销 (行政许可法 art. 69, 70, 79)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="endings")
    to = models.CharField(max_length=16, choices=CertificateStatus.choices)
    reason = models.CharField(max_length=200, help_text="what the holder reads")
    document = models.CharField(max_length=60, help_text="number of the decision (文号)")
    basis = models.CharField(max_length=120, help_text="the law it rests on")
    status = models.CharField(max_length=12, choices=EndingStatus.choices, default=EndingStatus.OPEN)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(status="open"), name="one_open_ending_a_certificate"
            ),
            models.CheckConstraint(
                condition=Q(status="open", settled_by__isnull=True, settled_at__isnull=True)
                | (~Q(status="open") & Q(settled_by__isnull=False, settled_at__isnull=False)),
                name="a_settled_ending_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | ~Q(settled_by=F("proposed_by")),
                name="ended_by_nobody_who_proposed_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.to}"
