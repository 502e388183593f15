"""Choices that texts and settings are about, too: they are read before there are models."""

from __future__ import annotations

from django.db import models


class Channel(models.TextChoices):
    """The ways out of the portal; in the portal itself everybody reads everything."""

    SMS = "sms", "短信"
    EMAIL = "email", "电子邮件"


class Topic(models.TextChoices):
    """What a person may leave a channel out for."""

    PROGRESS = "progress", "办理进度"
    RESULT = "result", "办理结果"
    DEADLINE = "deadline", "补正和期限"
    CERTIFICATES = "certificates", "我的证照"
    RECORDS = "records", "授权和查看记录"
    SECURITY = "security", "账号安全"
