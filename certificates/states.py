"""The life of a certificate. `expired` is derived from the date and is no state."""

from __future__ import annotations

from django.db import models


class CertificateStatus(models.TextChoices):
    """The legal endings are kept apart (行政许可法 art. 69, 70, 79)."""

    VALID = "valid", "有效"
    SUSPENDED = "suspended", "暂停使用"
    SUPERSEDED = "superseded", "被替代"
    ANNULLED = "annulled", "撤销"
    WITHDRAWN = "withdrawn", "撤回"
    REVOKED = "revoked", "吊销"
    CANCELLED = "cancelled", "注销"


IN_HAND = (CertificateStatus.VALID, CertificateStatus.SUSPENDED)  # its holder has no second one meanwhile
ENDED = frozenset(
    {
        CertificateStatus.ANNULLED,
        CertificateStatus.WITHDRAWN,
        CertificateStatus.REVOKED,
        CertificateStatus.CANCELLED,
    }
)
TRANSITIONS: dict[CertificateStatus, frozenset[CertificateStatus]] = {
    CertificateStatus.VALID: ENDED | {CertificateStatus.SUSPENDED, CertificateStatus.SUPERSEDED},
    CertificateStatus.SUSPENDED: ENDED | {CertificateStatus.VALID},
    CertificateStatus.SUPERSEDED: frozenset(),
    **{ended: frozenset() for ended in ENDED},
}


class AuthorisationStatus(models.TextChoices):
    """A refusal is kept too: it explains why nothing was read. ENDED: the case it was given for is closed."""

    GRANTED = "granted", "已授权"
    REFUSED = "refused", "不同意"
    REVOKED = "revoked", "已撤回"
    ENDED = "ended", "已结束"


class UseOutcome(models.TextChoices):
    """What a look at a certificate found."""

    FOUND = "found", "已读取"
    NOT_HELD = "not_held", "未持有"
    EXPIRED = "expired", "已过期"
    REVOKED = "revoked", "已失效"
    AMBIGUOUS = "ambiguous", "有多个候选"
    UNREADABLE = "unreadable", "内容与签发时不一致"
    UNAUTHORISED = "unauthorised", "未授权"


class UseMode(models.TextChoices):
    """On what ground a certificate was looked at."""

    AUTHORISED = "authorised", "持证人授权"
    STATUTORY = "statutory", "依职能查验"
