"""Who signed in when and how (登录记录): what an account's owner reads, and what ends sessions elsewhere."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.models.people import User


class SignIn(models.Model):
    """One sign-in. Of the device words only, of the network a part only (个人信息保护法 art. 6, 网络安全法 art. 21)."""

    class Way(models.TextChoices):
        PASSWORD = "password", "密码"
        CODE = "code", "密码和动态口令"
        RECOVERY = "recovery", "密码和备用码"
        PLATFORM = "platform", "省统一身份认证平台"
        PLATFORM_CODE = "platform_code", "省统一身份认证平台和动态口令"
        PLATFORM_RECOVERY = "platform_recovery", "省统一身份认证平台和备用码"
        DEMO = "demo", "演示登录"

    class End(models.TextChoices):
        SIGNED_OUT = "signed_out", "已退出"
        ELSEWHERE = "elsewhere", "从另一台设备退出"
        RESET = "reset", "重置动态口令时退出"
        PASSWORD = "password", "换密码时退出"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ins")
    at = models.DateTimeField()
    way = models.CharField(max_length=20, choices=Way.choices)
    device = models.CharField(max_length=60)
    network = models.CharField(max_length=40)
    device_hash = models.BinaryField(max_length=32, null=True, blank=True)
    is_new_device = models.BooleanField(default=False)
    session_key = models.CharField(max_length=40, blank=True, default="", db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=12, choices=End.choices, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="sign_in_by_user")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end="")
                | models.Q(ended_at__isnull=False, session_key=""),
                name="an_ended_sign_in_holds_no_session",
            )
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.user_id}"
