"""Outside data sources (数据共享来源) behind one seam, and every question asked of them."""

from __future__ import annotations

import uuid

from django.db import models


class Register(models.Model):
    """One outside source, configured in data: where it answers, by which key, what its fields mean."""

    class Adapter(models.TextChoices):
        HTTP_JSON = "http_json", "HTTP/JSON"

    name = models.SlugField(max_length=40, unique=True, help_text="names its facts: register.<name>.<field>")
    label = models.CharField(max_length=60)
    provider = models.CharField(max_length=80)
    basis = models.CharField(max_length=200, help_text="the law that lets it be asked without consent")
    adapter = models.CharField(max_length=20, choices=Adapter.choices, default=Adapter.HTTP_JSON)
    path = models.CharField(max_length=200, help_text="joined to the base address of the deployment")
    base_url = models.CharField(max_length=200, blank=True, default="", help_text="empty: REGISTER_BASE_URL")
    key = models.JSONField(help_text="request parameter → fact name that fills it")
    fields = models.JSONField(help_text="answer field → {type, label, …} as in a certificate type")
    no_hit = models.JSONField(default=dict, help_text="field values that `no hit` proves")
    timeout_ms = models.PositiveIntegerField(default=1500)
    attempts = models.PositiveSmallIntegerField(default=2)
    backoff_ms = models.PositiveIntegerField(
        default=30, help_text="before the second try; doubles, give or take"
    )
    cache_seconds = models.PositiveIntegerField(default=0, help_text="how long an answer may be used again")
    breaker_failures = models.PositiveSmallIntegerField(
        default=5, help_text="so many failures without an answer open the breaker; 0: no breaker"
    )
    breaker_window_seconds = models.PositiveIntegerField(default=60)
    breaker_pause_seconds = models.PositiveIntegerField(default=15, help_text="then one question tries it")
    secret_name = models.CharField(
        max_length=60, blank=True, default="", help_text="environment variable of its token"
    )
    signing_key_name = models.CharField(
        max_length=60, blank=True, default="", help_text="variable of the key that signs requests"
    )
    client_certificate_name = models.CharField(
        max_length=60, blank=True, default="", help_text="variable of the path of our certificate"
    )
    client_key_name = models.CharField(max_length=60, blank=True, default="", help_text="… of its key")
    authority_name = models.CharField(
        max_length=60, blank=True, default="", help_text="… of whom we believe: their authority"
    )
    answer = models.JSONField(default=dict, help_text="how their answer reads, where it is not ours")

    def __str__(self) -> str:
        return self.name


class RegisterCall(models.Model):
    """One question to a register, recorded before it goes out (数据共享调用)."""

    class Outcome(models.TextChoices):
        ASKED = "asked", "已发出"
        HIT = "hit", "已回复"
        NO_HIT = "no_hit", "未查到"
        FAILED = "failed", "未响应"
        UNSENT = "unsent", "未发出"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="calls")
    case_reference = models.CharField(max_length=24, db_index=True)
    matter_code = models.CharField(max_length=33)
    purpose = models.CharField(max_length=200)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.ASKED)
    error = models.CharField(max_length=120, blank=True, default="")
    asked_at = models.DateTimeField()
    answer_of = models.DateTimeField(
        null=True, blank=True, help_text="when a kept answer that was used again was given"
    )
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["register", "-asked_at"], name="call_by_register")]

    def __str__(self) -> str:
        return f"{self.register_id} {self.case_reference} {self.outcome}"
